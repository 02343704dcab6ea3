// hooks=direct: only the calls that the pass saw are counted, by the hooks that
// it put beside them. What asprintf asks for inside libc is not.
//
// RUN: env OPTIONS=hooks=direct %every_level %s | FileCheck %s
#define _GNU_SOURCE
#include "memprof.h"
#include <stdio.h>
#include <stdlib.h>

MEMPROF_PROFILE char *direct(void) {
  char *block = malloc(100);
  char *other = calloc(3, 10);
  block = realloc(block, 300);
  free(other);
  char *message;
  if (asprintf(&message, "not seen") < 0)
    abort();
  free(message);
  return block;
}

int main(void) {
  free(direct());
  return 0;
}

// main is not marked: its free is not seen either, so the block counts as kept.
// clang-format off
//      CHECK: Function: direct (1 call, 3 allocations, peak 330 B, kept 300 B)
//      CHECK: 11 100 B 100 B 1 1 0 100 B 0 B 100 B 0 B char *block
// CHECK-NEXT: 12 130 B 30 B 1 1 0 30 B 0 B 30 B 0 B char *other
// CHECK-NEXT: 13 330 B 200 B 1 1 1 300 B 100 B 200 B 300 B block = realloc
// CHECK-NEXT: 14 300 B -30 B 1 0 1 0 B 30 B 0 B 0 B free(other)
// CHECK-NEXT: 15 char *message
// CHECK-NEXT: 16 300 B 0 B 1 0 0 0 B 0 B 0 B 0 B if (asprintf
// CHECK-NEXT: 17 abort
// CHECK-NEXT: 18 300 B 0 B 1 0 0 0 B 0 B 0 B 0 B free(message)
