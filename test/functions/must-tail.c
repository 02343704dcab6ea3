// Tail calls that must be ones: a state machine that would overflow the stack
// otherwise counts each state's calls, and each state is left before the next.
// A block that a state allocates is released by the state after it.
//
// RUN: env LEVELS="O0 O2" %every_level %s | FileCheck %s
#include "memprof.h"
#include <stdlib.h>

// clang-format off
#define TAIL __attribute__((musttail)) return

long even(long n, void *block);
MEMPROF_PROFILE long odd(long n, void *block) {
  free(block);
  TAIL even(n - 1, malloc(8));
}
MEMPROF_PROFILE long even(long n, void *block) {
  free(block);
  if (n == 0)
    return 1;
  TAIL odd(n - 1, malloc(4));
}

MEMPROF_PROFILE long start(long n) {
  return even(n, NULL);
}

int main(void) { return start(1000000) != 1; }

// odd finds 4 bytes, releases them and takes 8: 4 more than it found.
//      CHECK: Function: odd (500000 calls, 500000 allocations, peak 4 B, kept 0 B)
//      CHECK: 14 {{.*}} -2000000 B 500000 0 500000
// CHECK-NEXT: 15 {{.*}} 4000000 B 500000 500000 0
//      CHECK: Function: even (500001 calls, 500000 allocations, peak 4 B, kept 0 B)
//      CHECK: 18 {{.*}} -4000000 B 500001 0 500000
//      CHECK: 21 {{.*}} 2000000 B 500000 500000 0
//      CHECK: Function: start (1 call, 1000000 allocations, peak 8 B, kept 0 B)
//      CHECK: 25 {{.*}} 0 B 1 1000000 1000000 6000000 B 6000000 B 8 B 0 B return even
