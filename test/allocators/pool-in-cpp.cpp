// A pool class in C++: its methods are wrappers, `this` is argument 1; an
// exception leaves the wrapper, and what is allocated after it counts again.
// A marked wrapper has a table of its own.
//
// RUN: LEVELS="O0 O2" %every_level_cxx %s | FileCheck %s
#include "memprof.h"
#include <new>
#include <stdlib.h>

struct pool {
  alignas(16) char memory[1024];
  size_t used = 0;

  MEMPROF_ALLOC(2) void *allocate(size_t size) {
    free(::operator new(5)); // not counted
    if (size > sizeof memory - used)
      throw std::bad_alloc();
    used += size;
    return memory + used - size;
  }
  MEMPROF_FREE(2) void release(void *block) { (void)block; }
};

MEMPROF_PROFILE MEMPROF_ALLOC(2) void *marked(pool &from, size_t size) {
  return from.allocate(size);
}

MEMPROF_PROFILE void use(pool &from) {
  void *block = from.allocate(32);
  from.release(block);
  try {
    from.allocate(4000);
  } catch (std::bad_alloc &) {
    free(malloc(77));
  }
  from.release(marked(from, 64));
}

int main() {
  pool from;
  use(from);
  return 0;
}

// The exception object's own memory is allocated inside the wrapper: not
// counted. 32, 77 and 64 are.
// clang-format off
// CHECK: Function: marked (1 call, 1 allocation, peak 64 B, kept 0 B)
// CHECK: Function: use (1 call, 3 allocations, peak 77 B, kept 0 B)
// CHECK: 29 32 B 32 B 1 1 0 32 B 0 B 32 B 0 B void *block
// CHECK: 30 0 B -32 B 1 0 1 0 B 32 B 0 B 0 B from.release
// CHECK: 34 0 B 0 B 1 1 1 77 B 77 B 77 B 0 B free(malloc(77));
// CHECK: 36 0 B 0 B 1 1 1 64 B 64 B 64 B 0 B from.release(marked
