// A program's own operator new is not called behind its back: here it would
// crash before the program's constructors have run. What it asks malloc for is
// counted.
//
// clang-format off
// RUN: %mclangxx -g -O0 %s -o %t && %t
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B %t 2>&1 | FileCheck %s
// clang-format on
#include "memprof.h"
#include <cstdlib>

static struct Counter {
  int *calls;
  Counter() : calls(static_cast<int *>(calloc(1, sizeof(int)))) {}
} counter;

void *operator new(size_t size) {
  ++*counter.calls;
  return malloc(size + 16);
}
void operator delete(void *block) noexcept {
  ++*counter.calls;
  free(block);
}
void operator delete(void *block, size_t) noexcept {
  ++*counter.calls;
  free(block);
}

MEMPROF_PROFILE static void use() {
  int *volatile block = new int;
  delete block;
}

int main() {
  use();
  return *counter.calls == 2 ? 0 : 1;
}

// CHECK: Function: use{{.*}} (1 call, 1 allocation, peak 20 B, kept 0 B)
