// scope=process: what happens outside marked functions has a row of its own.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir && %mclang -g %s -o test
// RUN: env PROFILE_MEMORY=1 \
// RUN:   PROFILE_MEMORY_OPTIONS=unit=B:scope=process:columns=all \
// RUN:   ./test 2>&1 | FileCheck %s
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B ./test 2>&1 \
// RUN:   | FileCheck --check-prefix=INSIDE %s
#include "memprof.h"
#include <stdlib.h>

MEMPROF_PROFILE void *f(void) { return malloc(40); }

int main(void) {
  void *kept = malloc(1000);
  free(malloc(500));
  free(f());
  return !kept;
}

// clang-format off
// CHECK: memprof: process peak 1500 B (live blocks of the process)
// CHECK: Function: f (1 call, 1 allocation, peak 40 B, kept 0 B)
// CHECK: {{^}}outside marked functions (2 allocations, peak 1500 B, kept 1000 B)
// CHECK: Line # Mem usage
// CHECK: {{^}} - 960 B 960 B 2 2 1500 B 540 B 1500 B 1000 B (outside marked functions)

// INSIDE: memprof: process peak 40 B (live blocks of marked functions)
// INSIDE-NOT: outside marked
