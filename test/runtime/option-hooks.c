// The option `hooks`: with `direct` only the calls that stand in instrumented
// code are counted, not those that libc makes inside.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir && %mclang -g -O0 %s -o asks
// RUN: env PROFILE_MEMORY=1 ./asks 2>&1 | FileCheck --check-prefix=AUTO %s
// RUN: sh %S/Inputs/both-ways.sh ./asks hooks direct | FileCheck %s
#define _GNU_SOURCE
#include "memprof.h"
#include <stdio.h>
#include <stdlib.h>

MEMPROF_PROFILE void asks(void) {
  char *text;
  free(malloc(100));
  if (asprintf(&text, "%d", 5) < 0)
    abort();
  free(text);
}

int main(void) {
  asks();
  return 0;
}

// AUTO: Function: asks (1 call, {{[2-9]}} allocations
// CHECK: Function: asks (1 call, 1 allocation,
