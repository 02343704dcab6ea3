// Allocation and release on one line of a loop: Increment 0, Peak one block.
//
// RUN: %every_level %s | FileCheck %s
#include "memprof.h"
#include <stdlib.h>

MEMPROF_PROFILE void churn(void) {
  for (int i = 0; i < 1000; i++)
    free(malloc(4096));
}

int main(void) {
  churn();
  return 0;
}

// clang-format off
//      CHECK: Function: churn (1 call, 1000 allocations, peak 4096 B, kept 0 B)
//      CHECK: 9 0 B 0 B 1000 1000 1000 4096000 B 4096000 B 4096 B 0 B free(malloc
