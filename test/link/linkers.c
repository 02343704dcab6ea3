// bfd, gold and lld, with and without -ffunction-sections --gc-sections, give
// the same report; the code that nobody calls is collected.
//
// RUN: for linker in bfd gold lld; do for sections in "" \
// RUN:   "-ffunction-sections -fdata-sections -Wl,--gc-sections"; do \
// RUN:   LEVELS="O0 O2" CFLAGS="-fuse-ld=$linker $sections" %every_level %s \
// RUN:     > %t.txt && FileCheck %s < %t.txt || exit 1; done; done
// RUN: nm %t.O2 | not grep -E ' [tT] unused'
#include "memprof.h"
#include <stdlib.h>

static void *volatile kept;

MEMPROF_PROFILE void unused(void) { kept = malloc(1); }
MEMPROF_PROFILE __attribute__((noinline)) static void inner(int size) {
  kept = malloc(size);
  free(kept);
}
MEMPROF_PROFILE __attribute__((noinline)) void outer(void) {
  inner(10);
  inner(30);
}

int main(void) {
  outer();
  return 0;
}

// clang-format off
// CHECK: Function: inner (2 calls, 2 allocations, peak 30 B, kept 0 B)
// CHECK: 16 {{.*}} 40 B 2 2 0 40 B 0 B 30 B 0 B kept = malloc
// CHECK: Function: outer (1 call, 2 allocations, peak 30 B, kept 0 B)
// CHECK: 20 {{.*}} 1 1 1 10 B 10 B 10 B 0 B inner(10)
// CHECK-NEXT: 21 {{.*}} 1 1 1 30 B 30 B 30 B 0 B inner(30)
