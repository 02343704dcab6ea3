// Lambdas, marked GNU-style behind their parameters: the call operator has a
// table. A generic one has a table for each instance; one in a marked function
// is charged to the call's line there too.
//
// RUN: env LEVELS="O0 O2" %every_level_cxx %s | FileCheck %s
#include "memprof.h"
#include <cstdlib>

// clang-format off
static void *call(void *(*function)(size_t), size_t bytes) {
  return function(bytes);
}

MEMPROF_PROFILE static void outer() {
  int times = 0;
  auto add = [&times](size_t bytes) MEMPROF_PROFILE mutable {
    ++times;
    std::free(std::malloc(bytes));
  };
  add(10);
  add(20);
}

int main() {
  auto plain = [](size_t bytes) MEMPROF_PROFILE -> void * {
    return std::malloc(bytes);
  };
  auto generic = [](auto bytes) MEMPROF_PROFILE {
    return std::malloc(bytes);
  };
  auto body = [](size_t bytes) {
    MEMPROF_PROFILE_BODY;
    return std::malloc(bytes);
  };
  std::free(plain(1));
  std::free(call(plain, 2)); // through its conversion to a pointer
  std::free(generic(30));
  std::free(generic(40ul));
  std::free(body(500));
  outer();
}

// The names that lambdas get differ from clang to clang.
//      CHECK: Function: outer (1 call, 2 allocations, peak 20 B, kept 0 B)
//      CHECK: 20 {{.*}} 0 B 1 1 1 10 B 10 B 10 B 0 B add(10);
// CHECK-NEXT: 21 {{.*}} 0 B 1 1 1 20 B 20 B 20 B 0 B add(20);
//      CHECK: Function: outer()::$_{{[0-9]}}::operator() (2 calls, 2 allocations, peak 20 B, kept 0 B)
//      CHECK: 17 {{.*}} 0 B 2 0 0 0 B 0 B 0 B 0 B ++times;
// CHECK-NEXT: 18 {{.*}} 0 B 2 2 2 30 B 30 B 20 B 0 B std::free
//      CHECK: Function: main::$_{{[0-9]}}::operator() (2 calls, 2 allocations, peak 2 B, kept 0 B)
//      CHECK: 26 {{.*}} 3 B 2 2 0 3 B 0 B 2 B 0 B return
//      CHECK: Function: main::$_{{[0-9]}}::operator()<int> (1 call, 1 allocation, peak 30 B, kept 0 B)
//      CHECK: Function: main::$_{{[0-9]}}::operator()<unsigned long> (1 call, 1 allocation, peak 40 B, kept 0 B)
//      CHECK: Function: main::$_{{[0-9]}}::operator() (1 call, 1 allocation, peak 500 B, kept 0 B)
//      CHECK: 31 {{.*}} 0 B 1 0 0 0 B 0 B 0 B 0 B auto body =
// CHECK-NEXT: 32 MEMPROF_PROFILE_BODY;
// CHECK-NEXT: 33 {{.*}} 500 B 1 1 0 500 B 0 B 500 B 0 B return
