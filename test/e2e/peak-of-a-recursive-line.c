// `x = malloc(); f(n - 1); y = malloc();` on one line of a recursive function:
// the Peak of the line is that of the longest visit, the outermost one.
//
// RUN: %every_level %s | FileCheck %s
#include "memprof.h"
#include <stdlib.h>

MEMPROF_PROFILE void f(int n) {
  if (n > 0) {
    void *x, *y;
    // clang-format off
    x = malloc(100); f(n - 1); y = malloc(10);
    // clang-format on
    free(x);
    free(y);
  }
}

int main(void) {
  f(3);
  return 0;
}

// Live on the way down: 100, 200, 300; f(0) returns; the innermost y makes it
// 310, its frees 200; then 210, 100; then 110, 0. The outermost visit begins at
// 0 and ends at 110: its Peak is 310.
// clang-format off
//      CHECK: Function: f (4 calls, 6 allocations, peak 310 B, kept 0 B)
//      CHECK: 9 {{.*}} if (n > 0)
//      CHECK: 12 110 B 330 B 3 6 0 330 B 0 B 310 B 0 B x = malloc
//      CHECK: 14 10 B -300 B 3 0 3 0 B 300 B 0 B 0 B free(x)
// CHECK-NEXT: 15 0 B -30 B 3 0 3 0 B 30 B 0 B 0 B free(y)
