// Attributes that decide how a function is compiled, placed, named or inlined:
// each such function is called once and allocates its own number of bytes.
//
// RUN: env LEVELS="O0 O2" CFLAGS=-Wno-ignored-attributes %every_level %s \
// RUN:   | FileCheck %s
#include "memprof.h"
#include <stdlib.h>

// clang-format off
#define MARK(...) MEMPROF_PROFILE __attribute__((__VA_ARGS__))
#define TAKES(bytes) (size_t n) { (void)n; free(escaped = malloc(bytes)); }
static void *volatile escaped;

MARK(used) static void is_used TAKES(1)
MARK(section(".text.elsewhere")) void is_in_section TAKES(2)
MARK(visibility("hidden")) void is_hidden TAKES(3)
MARK(visibility("protected")) void is_protected TAKES(4)
MARK(cold) void is_cold TAKES(5)
MARK(hot) void is_hot TAKES(6)
MARK(always_inline) static inline void is_always_inline TAKES(7)
MARK(noinline) void is_noinline TAKES(8)
MARK(flatten) void is_flatten TAKES(9)
MARK(optnone, noinline) void is_optnone TAKES(10)
MARK(weak) void is_weak TAKES(11)
MARK(minsize) void is_minsize TAKES(12)
MARK(no_stack_protector) void is_unprotected TAKES(13)
MARK(target("avx2")) void is_for_avx2 TAKES(14)
MARK(preserve_most) void is_preserving TAKES(15)
MARK(aligned(64)) void is_aligned TAKES(16)
MARK(noduplicate) void is_noduplicate TAKES(17)
MARK(constructor) void is_constructor(void) { free(escaped = malloc(18)); }
MARK(destructor) void is_destructor(void) { free(escaped = malloc(19)); }
MARK(nothrow) void is_nothrow TAKES(20)
MARK(malloc, alloc_size(1), returns_nonnull) void *is_malloc(size_t n) { return malloc(n); }
MARK(pure) int is_pure(size_t n) { free(escaped = malloc(n)); return 1; }
MARK(const) int is_const(size_t n) { free(escaped = malloc(n)); return 1; }

int main(void) {
  is_used(0);
  is_in_section(0);
  is_hidden(0);
  is_protected(0);
  is_cold(0);
  is_hot(0);
  is_always_inline(0);
  is_noinline(0);
  is_flatten(0);
  is_optnone(0);
  is_weak(0);
  is_minsize(0);
  is_unprotected(0);
  is_for_avx2(0);
  is_preserving(0);
  is_aligned(0);
  is_noduplicate(0);
  is_nothrow(0);
  free(is_malloc(200));
  int sum = 0;
  for (int i = 0; i < 3; i++)
    sum += is_pure(21) + is_const(22); // equal calls, and none is merged
  is_pure(21);                         // nor dropped
  return sum != 6;
}

// CHECK-DAG: Function: is_used (1 call, 1 allocation, peak 1 B, kept 0 B)
// CHECK-DAG: Function: is_in_section (1 call, 1 allocation, peak 2 B, kept 0 B)
// CHECK-DAG: Function: is_hidden (1 call, 1 allocation, peak 3 B, kept 0 B)
// CHECK-DAG: Function: is_protected (1 call, 1 allocation, peak 4 B, kept 0 B)
// CHECK-DAG: Function: is_cold (1 call, 1 allocation, peak 5 B, kept 0 B)
// CHECK-DAG: Function: is_hot (1 call, 1 allocation, peak 6 B, kept 0 B)
// CHECK-DAG: Function: is_always_inline (1 call, 1 allocation, peak 7 B, kept 0 B)
// CHECK-DAG: Function: is_noinline (1 call, 1 allocation, peak 8 B, kept 0 B)
// CHECK-DAG: Function: is_flatten (1 call, 1 allocation, peak 9 B, kept 0 B)
// CHECK-DAG: Function: is_optnone (1 call, 1 allocation, peak 10 B, kept 0 B)
// CHECK-DAG: Function: is_weak (1 call, 1 allocation, peak 11 B, kept 0 B)
// CHECK-DAG: Function: is_minsize (1 call, 1 allocation, peak 12 B, kept 0 B)
// CHECK-DAG: Function: is_unprotected (1 call, 1 allocation, peak 13 B, kept 0 B)
// CHECK-DAG: Function: is_for_avx2 (1 call, 1 allocation, peak 14 B, kept 0 B)
// CHECK-DAG: Function: is_preserving (1 call, 1 allocation, peak 15 B, kept 0 B)
// CHECK-DAG: Function: is_aligned (1 call, 1 allocation, peak 16 B, kept 0 B)
// CHECK-DAG: Function: is_noduplicate (1 call, 1 allocation, peak 17 B, kept 0 B)
// CHECK-DAG: Function: is_constructor (1 call, 1 allocation, peak 18 B, kept 0 B)
// CHECK-DAG: Function: is_destructor (1 call, 1 allocation, peak 19 B, kept 0 B)
// CHECK-DAG: Function: is_nothrow (1 call, 1 allocation, peak 20 B, kept 0 B)
// CHECK-DAG: Function: is_malloc (1 call, 1 allocation, peak 200 B, kept 0 B)
// CHECK-DAG: Function: is_pure (4 calls, 4 allocations, peak 21 B, kept 0 B)
// CHECK-DAG: Function: is_const (3 calls, 3 allocations, peak 22 B, kept 0 B)
