// Arrays of variable length and alloca take stack, not heap: nothing counts but
// the malloc beside them.
//
// RUN: env LEVELS="O0 O2" %every_level %s | FileCheck %s
#include "memprof.h"
#include <alloca.h>
#include <stdlib.h>
#include <string.h>

static void *volatile kept;
static char *volatile seen;

MEMPROF_PROFILE void stacked(int size) {
  char array[size];
  memset(array, 1, size);
  seen = array;
  for (int i = 0; i < 10; i++) {
    char *more = alloca(size);
    memset(more, 2, size);
    seen = more;
    kept = malloc(5);
  }
  seen = NULL;
}

int main(void) {
  for (int i = 1; i <= 3; i++)
    stacked(10000 * i);
  return 0;
}

// clang-format off
//      CHECK: Function: stacked (3 calls, 30 allocations, peak 50 B, kept 150 B)
//      CHECK: 13 100 B 0 B 3 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void stacked(int size) {
// CHECK-NEXT: 14 100 B 0 B 3 0 0 0 B 0 B 0 B 0 B char array[size];
// CHECK-NEXT: 15 100 B 0 B 3 0 0 0 B 0 B 0 B 0 B memset(array, 1, size);
// CHECK-NEXT: 16 100 B 0 B 3 0 0 0 B 0 B 0 B 0 B seen = array;
// CHECK-NEXT: 17 100 B 0 B 33 0 0 0 B 0 B 0 B 0 B for (int i = 0; i < 10; i++) {
// CHECK-NEXT: 18 100 B 0 B 30 0 0 0 B 0 B 0 B 0 B char *more = alloca(size);
// CHECK-NEXT: 19 100 B 0 B 30 0 0 0 B 0 B 0 B 0 B memset(more, 2, size);
// CHECK-NEXT: 20 100 B 0 B 30 0 0 0 B 0 B 0 B 0 B seen = more;
// CHECK-NEXT: 21 150 B 150 B 30 30 0 150 B 0 B 5 B 150 B kept = malloc(5);
//      CHECK: 23 150 B 0 B 3 0 0 0 B 0 B 0 B 0 B seen = NULL;
// CHECK-NEXT: 24 150 B 0 B 3 0 0 0 B 0 B 0 B 0 B }
