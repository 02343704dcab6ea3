// A test that begins and ends in the middle of a line: what the line allocates
// before and after is of the call, what it allocates meanwhile is of the call in
// the test, each time that it runs.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: %mclang -g -O2 %s -o program
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=stream=none:output=profile \
// RUN:   ./program
// RUN: %memprof report --tree --unit B profile | FileCheck %s
#include "memprof.h"
#include <stdlib.h>

static void *volatile kept;

static void take(size_t size) {
  kept = malloc(size);
  free(kept);
}

MEMPROF_PROFILE void work(void) {
  // clang-format off
  take(1); memprof_test_begin("of", "work"); take(20); memprof_test_end(); take(300);
  // clang-format on
}

int main(void) {
  for (int i = 0; i < 3; i++)
    work();
  return 0;
}

// CHECK: Calls Allocs Own allocs Bytes
// CHECK: 3 6 6 903 B 903 B 300 B 0 B 0 B work (
// CHECK-NEXT: 3 3 0 60 B 0 B 20 B 0 B 0 B of.work
// CHECK-NEXT: 0 3 3 60 B 60 B 0 B 0 B 0 B work (
