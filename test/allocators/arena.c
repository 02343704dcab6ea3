// Functions marked profile_alloc and profile_free: an arena's blocks count as
// blocks, on the line that asked for them. What the wrapper itself allocates
// does not count, so nothing counts twice; nor does its inner wrapper. The
// arena's first block lies where its memory does, and both are told apart.
//
// RUN: LEVELS="O0 O2" %every_level %s | FileCheck %s
// RUN: LEVELS="O0 O2" OPTIONS=hooks=direct %every_level %s | FileCheck %s
#include "memprof.h"
#include <stdlib.h>

struct arena {
  char *memory;
  size_t used, size;
};

MEMPROF_ALLOC(2) static void *take(struct arena *arena, size_t size) {
  if (!arena->memory) // not counted: it is the arena's own affair
    arena->memory = malloc(arena->size);
  if (size > arena->size - arena->used)
    return NULL;
  arena->used += size;
  return arena->memory + arena->used - size;
}

MEMPROF_ALLOC(2, 3)
__attribute__((malloc)) static void *take_array(struct arena *arena,
                                                size_t count, size_t each) {
  return take(arena, count * each);
}

MEMPROF_FREE(2) static void give(struct arena *arena, void *block) {
  (void)arena;
  (void)block;
}

static void *unmarked(struct arena *arena) { return take(arena, 48); }

MEMPROF_PROFILE void use(struct arena *arena) {
  void *a = take(arena, 100);
  void *b = take_array(arena, 3, 7);
  void *c = unmarked(arena);
  void *d = take(arena, 100000); // does not fit
  give(arena, a);
  give(arena, b);
  give(arena, d);
  give(arena, "not a block");
  (void)c;
}

// The arena's memory from outside the wrapper is a block of malloc.
MEMPROF_PROFILE void both(struct arena *arena) {
  arena->memory = malloc(1000);
  void *first = take(arena, 8);
  give(arena, first);
  free(arena->memory);
}

int main(void) {
  struct arena first = {NULL, 0, 4096}, second = {NULL, 0, 1000};
  use(&first);
  free(first.memory);
  both(&second);
  return 0;
}

// 100 and 21 are given back, 48 are not: the memory under it is not a block.
// clang-format off
//      CHECK: Function: use (1 call, 3 allocations, peak 169 B, kept 48 B)
//      CHECK: 39 100 B 100 B 1 1 0 100 B 0 B 100 B 0 B void *a
// CHECK-NEXT: 40 121 B 21 B 1 1 0 21 B 0 B 21 B 0 B void *b
// CHECK-NEXT: 41 169 B 48 B 1 1 0 48 B 0 B 48 B 48 B void *c
// CHECK-NEXT: 42 169 B 0 B 1 0 0 0 B 0 B 0 B 0 B void *d
// CHECK-NEXT: 43 69 B -100 B 1 0 1 0 B 100 B 0 B 0 B give(arena, a);
// CHECK-NEXT: 44 48 B -21 B 1 0 1 0 B 21 B 0 B 0 B give(arena, b);
// CHECK-NEXT: 45 48 B 0 B 1 0 0 0 B 0 B 0 B 0 B give(arena, d);
// CHECK-NEXT: 46 48 B 0 B 1 0 0 0 B 0 B 0 B 0 B give(arena, "not
//      CHECK: Function: both (1 call, 2 allocations, peak 1008 B, kept 0 B)
//      CHECK: 52 1048 B 1000 B 1 1 0 1000 B 0 B 1000 B 0 B arena->memory
// CHECK-NEXT: 53 1056 B 8 B 1 1 0 8 B 0 B 8 B 0 B void *first
// CHECK-NEXT: 54 1048 B -8 B 1 0 1 0 B 8 B 0 B 0 B give(arena, first);
// CHECK-NEXT: 55 48 B -1000 B 1 0 1 0 B 1000 B 0 B 0 B free(
