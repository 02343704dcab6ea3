// A -> B -> A: an allocation of the inner A stands in A's table once and on B's
// call line once.
//
// RUN: %every_level %s | FileCheck %s
#include "memprof.h"
#include <stdlib.h>

static void *kept[4];
void b(int level);

MEMPROF_PROFILE void a(int level) {
  kept[level] = malloc(100);
  if (level == 0)
    b(level);
}

MEMPROF_PROFILE void b(int level) {
  kept[2] = malloc(7);
  a(level + 1);
}

int main(void) {
  a(0);
  return 0;
}

// The outer a's call line: b's 7 bytes while the outer a is a's innermost
// activation. What the inner a allocates is charged to the inner a's line. So
// a's table sums to 207.
// clang-format off
//      CHECK: Function: a (2 calls, 3 allocations, peak 207 B, kept 207 B)
//      CHECK: 12 207 B 200 B 2 2 0 200 B 0 B 100 B 200 B kept[level]
// CHECK-NEXT: 13 207 B 0 B 2 0 0 0 B 0 B 0 B 0 B if (level
// CHECK-NEXT: 14 207 B 7 B 1 1 0 7 B 0 B 107 B 7 B b(level)
//      CHECK: Function: b (1 call, 2 allocations, peak 107 B, kept 107 B)
//      CHECK: 18 107 B 7 B 1 1 0 7 B 0 B 7 B 7 B kept[2]
// CHECK-NEXT: 19 207 B 100 B 1 1 0 100 B 0 B 100 B 100 B a(level
