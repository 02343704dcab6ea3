// A calls B, both marked: B's bytes stand in B's table, and once on A's call
// line.
//
// RUN: %every_level %s | FileCheck %s
#include "memprof.h"
#include <stdlib.h>

MEMPROF_PROFILE void *inner(size_t bytes) {
  void *block = malloc(bytes);
  return block;
}

MEMPROF_PROFILE void outer(void **blocks) {
  blocks[0] = inner(1000);
  blocks[1] = malloc(10);
  blocks[2] = inner(2000);
  free(blocks[0]);
}

int main(void) {
  void *blocks[3];
  outer(blocks);
  free(blocks[1]);
  return blocks[2] == NULL;
}

// clang-format off
//      CHECK: Function: inner (2 calls, 2 allocations, peak 2000 B, kept 2000 B)
//      CHECK: 9 3010 B 3000 B 2 2 0 3000 B 0 B 2000 B 2000 B void *block
//      CHECK: Function: outer (1 call, 3 allocations, peak 3010 B, kept 2000 B)
//      CHECK: 14 1000 B 1000 B 1 1 0 1000 B 0 B 1000 B 0 B blocks[0]
// CHECK-NEXT: 15 1010 B 10 B 1 1 0 10 B 0 B 10 B 0 B blocks[1]
// CHECK-NEXT: 16 3010 B 2000 B 1 1 0 2000 B 0 B 2000 B 2000 B blocks[2]
// CHECK-NEXT: 17 2010 B -1000 B 1 0 1 0 B 1000 B 0 B 0 B free
