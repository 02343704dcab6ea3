// Allocation and release in a loop: Increment 0, Peak one block, however long
// the loop runs.
//
// RUN: %every_level %s | FileCheck %s
#include "memprof.h"
#include <stdlib.h>

MEMPROF_PROFILE void churn(void) {
  for (int i = 0; i < 1000; i++) {
    void *block = malloc(4096);
    free(block);
  }
}

int main(void) {
  churn();
  return 0;
}

// clang-format off
//      CHECK: Function: churn (1 call, 1000 allocations, peak 4096 B, kept 0 B)
//      CHECK: 9 0 B 0 B 1001 0 0 0 B 0 B 0 B 0 B for (int i
// CHECK-NEXT: 10 4096 B 4096000 B 1000 1000 0 4096000 B 0 B 4096 B 0 B void *block
// CHECK-NEXT: 11 0 B -4096000 B 1000 0 1000 0 B 4096000 B 0 B 0 B free(block)
