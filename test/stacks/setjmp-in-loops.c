// setjmp in a loop, left by longjmp from one marked call or from two, again and
// again: the calls count, each line has its own bytes.
//
// RUN: env LEVELS="O0 O2" %every_level %s | FileCheck %s
#include "memprof.h"
#include <setjmp.h>
#include <stdlib.h>

static jmp_buf back;
static void *volatile kept;

MEMPROF_PROFILE void leaves(void) {
  kept = malloc(10);
  longjmp(back, 1);
}

MEMPROF_PROFILE void passes(void) {
  kept = malloc(20);
  leaves();
}

MEMPROF_PROFILE void loops(void) {
  for (volatile int i = 0; i < 100; i++) {
    if (setjmp(back) != 0) {
      kept = malloc(3);
      continue;
    }
    if (i % 2)
      passes();
    leaves();
  }
  kept = malloc(1);
}

int main(void) {
  loops();
  return 0;
}

// clang-format off
//      CHECK: Function: leaves (100 calls, 100 allocations, peak 10 B, kept 1000 B)
//      CHECK: 12 2287 B 0 B 100 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void leaves(void) {
// CHECK-NEXT: 13 2297 B 1000 B 100 100 0 1000 B 0 B 10 B 1000 B kept = malloc(10);
// CHECK-NEXT: 14 2297 B 0 B 100 0 0 0 B 0 B 0 B 0 B longjmp(back, 1);
//      CHECK: Function: passes (50 calls, 100 allocations, peak 30 B, kept 1500 B)
//      CHECK: 17 2267 B 0 B 50 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void passes(void) {
// CHECK-NEXT: 18 2287 B 1000 B 50 50 0 1000 B 0 B 20 B 1000 B kept = malloc(20);
// CHECK-NEXT: 19 2297 B 500 B 50 50 0 500 B 0 B 10 B 500 B leaves();
//      CHECK: Function: loops (1 call, 251 allocations, peak 2301 B, kept 2301 B)
//      CHECK: 22 0 B 0 B 1 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void loops(void) {
// CHECK-NEXT: 23 0 B 0 B 101 0 0 0 B 0 B 0 B 0 B for (volatile int i = 0; i < 100; i++) {
// CHECK-NEXT: 24 0 B 0 B 200 0 0 0 B 0 B 0 B 0 B if (setjmp(back) != 0) {
// CHECK-NEXT: 25 2300 B 300 B 100 100 0 300 B 0 B 3 B 300 B kept = malloc(3);
// CHECK-NEXT: 26 2300 B 0 B 100 0 0 0 B 0 B 0 B 0 B continue;
//      CHECK: 28 2300 B 0 B 100 0 0 0 B 0 B 0 B 0 B if (i % 2)
// CHECK-NEXT: 29 2297 B 1500 B 50 100 0 1500 B 0 B 30 B 1500 B passes();
// CHECK-NEXT: 30 2264 B 500 B 50 50 0 500 B 0 B 10 B 500 B leaves();
//      CHECK: 32 2301 B 1 B 1 1 0 1 B 0 B 1 B 1 B kept = malloc(1);
// CHECK-NEXT: 33 2301 B 0 B 1 0 0 0 B 0 B 0 B 0 B }
