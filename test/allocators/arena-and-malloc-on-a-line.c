// A line that allocates both from malloc and from an arena: what the arena's
// wrapper takes from malloc for itself is not counted, nor does it become so
// when the line's first block was.
//
// RUN: env LEVELS="O0 O2" %every_level %s | FileCheck %s
#include "memprof.h"
#include <stdlib.h>

static void *volatile memory;

MEMPROF_ALLOC(1) __attribute__((noinline)) static void *take(size_t size) {
  memory = malloc(4096);
  (void)size;
  return memory;
}

MEMPROF_FREE(1) __attribute__((noinline)) static void give(void *block) {
  free(block);
}

static void *volatile kept;

MEMPROF_PROFILE void use(void) {
  void *block;
  kept = malloc(8), block = take(16);
  give(block), free(kept);
}

int main(void) {
  for (int i = 0; i < 3; i++)
    use();
  return 0;
}

// clang-format off
// CHECK: Function: use (3 calls, 6 allocations, peak 24 B, kept 0 B)
// CHECK: 25 24 B 72 B 3 6 0 72 B {{.*}} kept = malloc(8), block = take(16);
// CHECK: 26 0 B -72 B 3 0 6 0 B 72 B {{.*}} give(block), free(kept);
