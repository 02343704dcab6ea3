// A program that defines its own malloc keeps it, and is told that only the
// calls in instrumented code are counted: the numbers of its marked functions
// are right, what their unmarked callees allocate is missing.
//
// RUN: LEVELS="O0 O2" %every_level %s | FileCheck %s
#include "memprof.h"
#include <stddef.h>
#include <string.h>

static _Alignas(16) char pool[1 << 22];
static size_t used;

void *malloc(size_t size) {
  char *block = pool + used;
  size_t rounded = (size + 31) / 16 * 16;
  if (size > sizeof pool - used - 32)
    return NULL;
  used += rounded;
  return block;
}

void free(void *block) { (void)block; }

void *calloc(size_t count, size_t each) {
  char *block = malloc(count * each);
  return block ? memset(block, 0, count * each) : NULL;
}

void *realloc(void *block, size_t size) {
  char *moved = malloc(size);
  if (moved && block)
    memmove(moved, block, size);
  return moved;
}

static __attribute__((noinline)) char *unmarked(void) { return malloc(1000); }

MEMPROF_PROFILE void marked(void) {
  char *p = malloc(100);
  p = realloc(p, 300);
  free(p);
  free(unmarked());
}

int main(void) {
  marked();
  return used == 0;
}

// clang-format off
//      CHECK: memprof: calls of 'malloc' do not come to memprof: another definition of it comes first, so only the calls in instrumented code are counted;
//      CHECK: Function: marked (1 call, 2 allocations, peak 300 B, kept 0 B)
//      CHECK: 39 100 B 100 B 1 1 0 100 B 0 B 100 B 0 B char *p
// CHECK-NEXT: 40 300 B 200 B 1 1 1 300 B 100 B 200 B 0 B p = realloc
// CHECK-NEXT: 41 0 B -300 B 1 0 1 0 B 300 B 0 B 0 B free(p)
// CHECK-NEXT: 42 0 B 0 B 1 0 0 0 B 0 B 0 B 0 B free(unmarked())
