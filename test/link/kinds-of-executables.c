// Every kind of executable gives the same report: position-independent or not,
// dynamic, or fully static, where the linker leads malloc to us (--wrap).
//
// RUN: for kind in -pie -no-pie -static -static-pie; do \
// RUN:   position=-fPIE; case $kind in -no-pie | -static) position=-fno-pie ;; \
// RUN:   esac; LEVELS="O0 O2" CFLAGS="$position $kind" %every_level %s > %t.txt \
// RUN:   && FileCheck %s < %t.txt && readelf -lh %t.O2 > %t$kind || exit 1; \
// RUN: done
// RUN: FileCheck --check-prefixes=PIE,DYNAMIC %s < %t-pie
// RUN: FileCheck --check-prefixes=FIXED,DYNAMIC %s < %t-no-pie
// RUN: FileCheck --check-prefix=FIXED \
// RUN:   --implicit-check-not=INTERP %s < %t-static
// RUN: FileCheck --check-prefix=PIE \
// RUN:   --implicit-check-not=INTERP %s < %t-static-pie
//
// PIE: Type: DYN
// FIXED: Type: EXEC
// DYNAMIC: INTERP
#include "memprof.h"
#include <stdlib.h>
#include <string.h>

static void *volatile kept;
static void *hide(void *block) {
  kept = block;
  return kept;
}

MEMPROF_PROFILE static char *work(int count) {
  char *block = hide(calloc(count, 10));
  block = hide(realloc(block, 100));
  char *copy = hide(strdup(count == 2 ? "two" : "three"));
  free(copy);
  return block;
}

int main(void) {
  free(work(2));
  free(work(3));
  return 0;
}

// clang-format off
//      CHECK: Function: work (2 calls, 6 allocations, peak 106 B, kept 0 B)
//      CHECK: 30 130 B 50 B 2 2 0 50 B 0 B 30 B 0 B char *block
// CHECK-NEXT: 31 200 B 150 B 2 2 2 200 B 50 B 80 B 0 B block = hide
// CHECK-NEXT: 32 206 B 10 B 2 2 0 10 B 0 B 6 B 0 B char *copy
// CHECK-NEXT: 33 200 B -10 B 2 0 2 0 B 10 B 0 B 0 B free(copy)
