// A program reads the numbers of its functions: sums, and what the smallest,
// the largest and the first call took. A callee's are its caller's, too.
//
// RUN: env OPTIONS=stream=none LEVELS="O0 O2" %every_level %s | FileCheck %s
#include "stats.h"
#include <stdlib.h>

static void *volatile block;

MEMPROF_PROFILE void take(size_t size) { block = malloc(size); }

MEMPROF_PROFILE void twice(size_t size) {
  take(size);
  free(block);
  take(2 * size);
}

static void count(void *context, const char *function,
                  const struct memprof_stats *stats) {
  (void)context;
  free(malloc(1000)); // not measured
  printf(" %s %llu", function, stats->calls);
}

int main(void) {
  take(8);
  free(block);
  twice(100);
  twice(10);
  take(3);
  // 8 + 100 + 200 + 10 + 20 + 3; released: 8 outside, 100 and 10 in twice
  // CHECK: take: calls 6 allocs 6 frees 0 bytes 341 freed 0 kept 223
  // CHECK-NEXT: smallest: allocs 1 frees 0 bytes 3 peak 3 kept 3
  // CHECK-NEXT: largest: allocs 1 frees 0 bytes 200 peak 200 kept 200
  // CHECK-NEXT: first: allocs 1 frees 0 bytes 8 peak 8 kept 8
  show("take");
  // CHECK-NEXT: twice: calls 2 allocs 4 frees 2 bytes 330 freed 110 kept 220
  // CHECK-NEXT: smallest: allocs 2 frees 1 bytes 30 peak 20 kept 20
  // CHECK-NEXT: largest: allocs 2 frees 1 bytes 300 peak 200 kept 200
  // CHECK-NEXT: first: allocs 2 frees 1 bytes 300 peak 200 kept 200
  show("twice");
  // CHECK-NEXT: thrice: unknown
  show("thrice");
  // CHECK-NEXT: {{each: (take 6 twice 2|twice 2 take 6)$}}
  printf("each:");
  memprof_each(count, NULL);
  printf("\n");
  return 0;
}
