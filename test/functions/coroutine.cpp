// A coroutine is left out: instrumented before it is split it would not leave
// as often as it is entered. clang 14 has no <coroutine>.
//
// UNSUPPORTED: llvm-14
// RUN: %mclangxx -std=c++20 -g -O1 %s -o %t 2> %t.err && %t
// RUN: FileCheck %s < %t.err
// RUN: %memprof functions %t | FileCheck --check-prefix=LIST %s
#include <coroutine>

struct task {
  struct promise_type {
    task get_return_object() { return {}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};

// clang-format off
// CHECK: coroutine.cpp:[[#@LINE+1]]:1: warning: {{.*}}'nothing' cannot be profiled: it is a coroutine
__attribute__((annotate("profile"))) task nothing() { co_return; }

int main() { nothing(); }
// LIST: nothing{{.*}}it is a coroutine
