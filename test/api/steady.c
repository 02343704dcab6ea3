// MEMPROF_STEADY runs its block once uncounted, then as a scope: a cache that the
// first round fills does not stand in the numbers.
//
// RUN: %mclang -g -O0 %s -o %t && %t | count 5
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=stream=none %t | FileCheck %s
#include "stats.h"
#include <stdlib.h>

static void *cache;

static void work(int round) {
  if (!cache)
    cache = malloc(1000);
  free(malloc((size_t)(10 - round)));
}

int main(void) {
  int round = 0;
  // CHECK: round 0
  // CHECK-NEXT: round 1
  // CHECK-NEXT: round 2
  // CHECK-NEXT: round 3
  MEMPROF_STEADY("again", 3) {
    printf("round %d\n", round);
    fflush(stdout);
    memprof_pause();
    memprof_resume();
    work(round++);
  }
  // CHECK-NEXT: again: calls 3 allocs 3 frees 3 bytes 24 freed 24 kept 0
  // CHECK-NEXT: smallest: allocs 1 frees 1 bytes 7 peak 7 kept 0
  // CHECK-NEXT: largest: allocs 1 frees 1 bytes 9 peak 9 kept 0
  show("again");
  return 0;
}
