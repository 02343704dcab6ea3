// calloc, aligned_alloc, posix_memalign, strdup, reallocarray and their kin:
// each counted once, with the bytes that were requested.
//
// RUN: %every_level %s | FileCheck %s
#define _GNU_SOURCE
#include "memprof.h"
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

MEMPROF_PROFILE void all(void **p) {
  p[0] = malloc(11);
  p[1] = calloc(3, 7);
  p[2] = aligned_alloc(64, 128);
  if (posix_memalign(&p[3], 256, 33))
    abort();
  p[4] = strdup("twelve bytes");
  p[5] = strndup("twelve bytes", 6);
  p[6] = reallocarray(NULL, 5, 10);
  p[7] = memalign(32, 77);
  p[8] = valloc(99);
  p[9] = pvalloc(1);
}

MEMPROF_PROFILE void none(void **p) {
  for (int i = 0; i < 10; i++)
    free(p[i]);
  free(NULL);
}

int main(void) {
  void *p[10];
  all(p);
  none(p);
  return 0;
}

// strdup asks for the text and its terminator: 13 and 7.
// 11+21+128+33+13+7+50+77+99+1 = 440.
// clang-format off
//      CHECK: Function: all (1 call, 10 allocations, peak 440 B, kept 0 B)
//      CHECK: 12 11 B 11 B 1 1 0 11 B 0 B 11 B 0 B p[0]
// CHECK-NEXT: 13 32 B 21 B 1 1 0 21 B 0 B 21 B 0 B p[1]
// CHECK-NEXT: 14 160 B 128 B 1 1 0 128 B 0 B 128 B 0 B p[2]
// CHECK-NEXT: 15 193 B 33 B 1 1 0 33 B 0 B 33 B 0 B if (posix
// CHECK-NEXT: 16 abort
// CHECK-NEXT: 17 206 B 13 B 1 1 0 13 B 0 B 13 B 0 B p[4]
// CHECK-NEXT: 18 213 B 7 B 1 1 0 7 B 0 B 7 B 0 B p[5]
// CHECK-NEXT: 19 263 B 50 B 1 1 0 50 B 0 B 50 B 0 B p[6]
// CHECK-NEXT: 20 340 B 77 B 1 1 0 77 B 0 B 77 B 0 B p[7]
// CHECK-NEXT: 21 439 B 99 B 1 1 0 99 B 0 B 99 B 0 B p[8]
// CHECK-NEXT: 22 440 B 1 B 1 1 0 1 B 0 B 1 B 0 B p[9]
//      CHECK: Function: none (1 call, 0 allocations, peak 0 B, kept 0 B)
//      CHECK: 27 0 B -440 B 10 0 10 0 B 440 B 0 B 0 B free(p[i])
// CHECK-NEXT: 28 0 B 0 B 1 0 0 0 B 0 B 0 B 0 B free(NULL)
