/* Allocates in a marked function, in a function that is not marked, and in
 * libc; releases here and there. */
#include "memprof.h"
#include <stdlib.h>
#include <string.h>

static void *volatile kept;
static __attribute__((noinline)) void *hide(void *block) {
  kept = block;
  return kept;
}
static __attribute__((noinline)) char *helper(int count) {
  char *block = hide(malloc(10));
  free(block);
  return hide(calloc(count, 7));
}

MEMPROF_PROFILE char *work(int count) {
  char *block = hide(malloc(100));
  block = hide(realloc(block, 300));
  block = hide(realloc(block, 290));
  char *other = helper(count);
  free(other);
  other = hide(strdup("ten chars"));
  free(other);
  other = hide(aligned_alloc(64, 128));
  memset(other, 1, 128);
  free(other);
  return block;
}

int main(void) {
  free(work(3));
  free(work(6));
  return 0;
}

// The caller releases what the first call left: 290 B are there at the second.
// clang-format off
//      CHECK: memprof: process peak 418 B
//      CHECK: Function: work (2 calls, 14 allocations, peak 418 B, kept 0 B)
//      CHECK: 18 290 B 0 B 2 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE
// CHECK-NEXT: 19 390 B 200 B 2 2 0 200 B 0 B 100 B 0 B char *block
// CHECK-NEXT: 20 590 B 400 B 2 2 2 600 B 200 B 200 B 0 B block = hide(realloc
// CHECK-NEXT: 21 580 B -20 B 2 2 2 580 B 600 B 0 B 0 B block = hide(realloc
// CHECK-NEXT: 22 622 B 63 B 2 4 2 83 B 20 B 42 B 0 B char *other = helper
// CHECK-NEXT: 23 580 B -63 B 2 0 2 0 B 63 B 0 B 0 B free(other)
// CHECK-NEXT: 24 590 B 20 B 2 2 0 20 B 0 B 10 B 0 B other = hide(strdup
// CHECK-NEXT: 25 580 B -20 B 2 0 2 0 B 20 B 0 B 0 B free(other)
// CHECK-NEXT: 26 708 B 256 B 2 2 0 256 B 0 B 128 B 0 B other = hide(aligned
// CHECK-NEXT: 27 708 B 0 B 2 0 0 0 B 0 B 0 B 0 B memset
// CHECK-NEXT: 28 580 B -256 B 2 0 2 0 B 256 B 0 B 0 B free(other)
// CHECK-NEXT: 29 580 B 0 B 2 0 0 0 B 0 B 0 B 0 B return block
