// After memprof_reset all numbers start from zero. Blocks from before are unknown,
// calls in progress are not calls of what follows, but go on counting.
//
// RUN: env LEVELS="O0 O2" %every_level %s | FileCheck %s
#include "stats.h"
#include <stdlib.h>

static void *volatile before;
static void *volatile block;

MEMPROF_PROFILE static void callee(void) { block = malloc(5); }

MEMPROF_PROFILE static void work(int resets) {
  before = malloc(100);
  if (resets)
    memprof_reset();
  free(before);
  callee();
}

int main(void) {
  work(0);
  work(1);
  // CHECK: work: calls 0 allocs 1 frees 0 bytes 5 freed 0 kept 5
  show("work");
  // CHECK: callee: calls 1 allocs 1 frees 0 bytes 5 freed 0 kept 5
  show("callee");
  work(0);
  // CHECK: work: calls 1 allocs 3 frees 1 bytes 110 freed 100 kept 10
  show("work");
  return 0;
}

// CHECK: memprof: process peak 105 B
// CHECK: Function: work (1 call, 3 allocations, peak 100 B, kept 10 B)
