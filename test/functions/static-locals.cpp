// Static locals are the function's, asleep and awake: the twin and the function
// share one, its guard and its initialisation, in inline functions and with
// destructors too.
//
// RUN: env LEVELS="O0 O2" %every_level_cxx %s | FileCheck %s
// RUN: %mclangxx -g -O2 %s -DSWITCH -o %t && %t
#include "memprof.h"
#include <cstdlib>

// clang-format off
struct owner {
  __attribute__((noinline)) explicit owner(size_t n) : block(std::malloc(n)) {}
  __attribute__((noinline)) ~owner() { std::free(block); }
  void *block;
};

static void *volatile escaped;
MEMPROF_PROFILE static int counter() {
  static int count = 40;
  return ++count;
}
MEMPROF_PROFILE inline void *lazy(size_t n) {
  static owner once(n);
  static thread_local void *per_thread = std::malloc(2 * n);
  escaped = per_thread;
  return once.block;
}

int main() {
#ifdef SWITCH // the same variables before, while and after the run is awake
  void *first = lazy(1);
  if (counter() != 41 || !memprof_enable())
    return 1;
  if (counter() != 42 || lazy(1) != first)
    return 2;
  memprof_disable();
  return counter() != 43 || lazy(1) != first;
#else
  return counter() != 41 || counter() != 42 || lazy(100) != lazy(200);
#endif
}

//      CHECK: Function: counter (2 calls, 0 allocations,
//      CHECK: 20 {{.*}} 0 B 2 0 0 0 B 0 B 0 B 0 B return ++count
//      CHECK: Function: lazy (2 calls, 2 allocations, peak 300 B, kept 200 B)
//      CHECK: 23 {{.*}} 100 B 2 1 0 100 B 0 B 100 B 0 B static owner once
// CHECK-NEXT: 24 {{.*}} 200 B 2 1 0 200 B 0 B 200 B 200 B static thread_local
// CHECK-NEXT: 25 {{.*}} 0 B 2 0 0
