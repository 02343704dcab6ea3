// Recursion of depth 1000: each allocation is charged once, and the sums are
// right.
//
// RUN: %every_level %s | FileCheck %s
#include "memprof.h"
#include <stdlib.h>

MEMPROF_PROFILE void descend(int depth, void **blocks) {
  blocks[depth] = malloc(10);
  if (depth > 0)
    descend(depth - 1, blocks);
  free(blocks[depth]);
}

int main(void) {
  void *blocks[1000];
  descend(999, blocks);
  return 0;
}

// An event stands on the current line of the *innermost* activation, so the
// call line has none of its own; its Peak is that of the outermost call: 999
// blocks below the first.
// clang-format off
//      CHECK: Function: descend (1000 calls, 1000 allocations, peak 10000 B, kept 0 B)
//      CHECK: 9 10000 B 10000 B 1000 1000 0 10000 B 0 B 10 B 0 B blocks[depth]
// CHECK-NEXT: 10 10000 B 0 B 1000 0 0 0 B 0 B 0 B 0 B if (depth
// CHECK-NEXT: 11 10 B 0 B 999 0 0 0 B 0 B 9990 B 0 B descend(
// CHECK-NEXT: 12 0 B -10000 B 1000 0 1000 0 B 10000 B 0 B 0 B free
