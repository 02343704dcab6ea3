// exit() inside nested marked functions: the calls that never return are in the
// report, and what an atexit handler allocates stands on the line that called
// exit.
//
// RUN: env LEVELS="O0 O2" %every_level %s | FileCheck %s
#include "memprof.h"
#include <stdlib.h>

static void *volatile kept;

static void at_end(void) { kept = malloc(3); }

MEMPROF_PROFILE void inner(void) {
  kept = malloc(100);
  exit(0);
}

MEMPROF_PROFILE void outer(void) {
  kept = malloc(10);
  inner();
}

int main(void) {
  atexit(at_end);
  outer();
}

// clang-format off
//      CHECK: Function: inner (1 call, 2 allocations, peak 103 B, kept 103 B)
//      CHECK: 13 10 B 0 B 1 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void inner(void) {
// CHECK-NEXT: 14 110 B 100 B 1 1 0 100 B 0 B 100 B 100 B kept = malloc(100);
// CHECK-NEXT: 15 113 B 3 B 1 1 0 3 B 0 B 3 B 3 B exit(0);
//      CHECK: Function: outer (1 call, 3 allocations, peak 113 B, kept 113 B)
//      CHECK: 18 0 B 0 B 1 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void outer(void) {
// CHECK-NEXT: 19 10 B 10 B 1 1 0 10 B 0 B 10 B 10 B kept = malloc(10);
// CHECK-NEXT: 20 113 B 103 B 1 2 0 103 B 0 B 103 B 103 B inner();
