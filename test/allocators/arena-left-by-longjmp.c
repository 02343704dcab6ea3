// A wrapper that is left by a longjmp runs no more: what its caller allocates
// afterwards counts, also where the optimiser would have inlined the wrapper.
//
// RUN: LEVELS="O0 O2" %every_level %s | FileCheck %s
#include "memprof.h"
#include <setjmp.h>
#include <stdlib.h>

static jmp_buf out;

MEMPROF_ALLOC(1) static inline void *take(size_t size) {
  if (size > 100)
    longjmp(out, 1);
  return malloc(size);
}
MEMPROF_FREE(1) static void give(void *block) { free(block); }

MEMPROF_PROFILE void use(void) {
  if (setjmp(out) == 0)
    take(1000);
  free(malloc(30));
  give(take(7));
}

int main(void) {
  use();
  return 0;
}

// clang-format off
//      CHECK: Function: use (1 call, 2 allocations, peak 30 B, kept 0 B)
//      CHECK: 21 0 B 0 B 1 1 1 30 B 30 B 30 B 0 B free(malloc(30));
// CHECK-NEXT: 22 0 B 0 B 1 1 1 7 B 7 B 7 B 0 B give(take(7));
