// The options sort and top: which tables come first, and how many are printed.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir && %mclang -g %s -o test
// RUN: env PROFILE_MEMORY=1 ./test 2>&1 | FileCheck --check-prefix=MARKED %s
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=sort=marked ./test 2>&1 \
// RUN:   | FileCheck --check-prefix=MARKED %s
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=sort=name ./test 2>&1 \
// RUN:   | FileCheck --check-prefix=NAME %s
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=sort=calls ./test 2>&1 \
// RUN:   | FileCheck --check-prefix=CALLS %s
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=sort=allocs ./test 2>&1 \
// RUN:   | FileCheck --check-prefix=ALLOCS %s
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=sort=bytes ./test 2>&1 \
// RUN:   | FileCheck --check-prefix=BYTES %s
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=sort=peak ./test 2>&1 \
// RUN:   | FileCheck --check-prefix=PEAK %s
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=sort=kept ./test 2>&1 \
// RUN:   | FileCheck --check-prefix=KEPT %s
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=sort=kept:top=1 \
// RUN:   ./test 2>&1 | FileCheck --check-prefix=TOP %s
#include "memprof.h"
#include <stdlib.h>

static void *kept[8];

MEMPROF_PROFILE static void swell(void) { // the highest peak
  free(malloc(5000));
}

MEMPROF_PROFILE void keep(int i) { // keeps most, most calls
  kept[i] = malloc(1000);
}

MEMPROF_PROFILE void churn(void) { // most allocations, most bytes
  for (int i = 0; i < 100; i++)
    free(malloc(70));
  kept[7] = malloc(1);
}

int main(void) {
  churn();
  for (int i = 0; i < 3; i++)
    keep(i);
  swell();
  return 0;
}

// MARKED: Function: swell (1 call, 1 allocation, peak 0.005 MiB, kept 0.000
// MARKED: Function: keep (3 calls, 3 allocations, peak 0.001 MiB, kept 0.003
// MARKED: Function: churn (1 call, 101 allocations, peak 0.000 MiB, kept 0.000

// NAME: Function: churn
// NAME: Function: keep
// NAME: Function: swell

// CALLS: Function: keep
// CALLS: Function: swell
// CALLS: Function: churn

// ALLOCS: Function: churn
// ALLOCS: Function: keep
// ALLOCS: Function: swell

// BYTES: Function: churn
// BYTES: Function: swell
// BYTES: Function: keep

// PEAK: Function: swell
// PEAK: Function: keep
// PEAK: Function: churn

// KEPT: Function: keep
// KEPT: Function: churn
// KEPT: Function: swell

// TOP-NOT: Function: {{churn|swell}}
//     TOP: Function: keep
// TOP-NOT: Function:
//     TOP: 2 more functions were measured, not shown: top=1
