// What is wrong with scopes is said once, and the numbers stay sound: an end
// without a beginning, a scope that its function leaves open.
//
// RUN: %mclang -g -O1 %s -o %t && %t 2>&1 | count 0
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B %t 2>&1 | FileCheck %s
#include "memprof.h"
#include <stdlib.h>

static void *volatile block;

MEMPROF_PROFILE static void leaves(void) {
  memprof_begin("open");
  block = malloc(10);
}

MEMPROF_PROFILE static void ends(void) {
  memprof_end();
  block = malloc(20);
}

// CHECK: memprof: memprof_end without memprof_begin before it in the same call
// CHECK-NEXT: memprof: a function that called memprof_begin returned, or was left, without memprof_end: that scope has no end
// CHECK-NOT: memprof: {{memprof_end|a function}}
// CHECK: Function: leaves (2 calls, 2 allocations, peak 10 B, kept 20 B)
// CHECK: Function: ends (2 calls, 2 allocations, peak 20 B, kept 40 B)
int main(void) {
  ends();
  leaves();
  leaves();
  ends();
  return 0;
}
