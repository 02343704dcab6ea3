// Inline functions, templates and member functions of a header. Two files that
// both mark them give one table, with the calls of both. Where one file marks
// them and the other does not, the linker keeps the copy that comes first: the
// marked copy counts every call, the other one none. That holds with each
// linker, with and without --gc-sections, which leaves the marked copy's record
// only where the copy is used.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: for level in O0 O2; do \
// RUN:   %mclangxx -g -$level -ffunction-sections -DFIRST -c %s \
// RUN:     -o first.$level.o && \
// RUN:   %mclangxx -g -$level -ffunction-sections -c %s -o second.$level.o && \
// RUN:   %mclangxx -g -$level -ffunction-sections -DUNMARKED -c %s \
// RUN:     -o unmarked.$level.o || exit 1; \
// RUN: done
// RUN: check() { env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B ./a.out \
// RUN:   2>&1 | FileCheck --check-prefix=$1 %s; }; \
// RUN: for how in O0.lld O2.lld O2.bfd O2.gold; do for gc in gc no-gc; do \
// RUN:   level=${how%%.*} linker=${how#*.}; \
// RUN:   link="%mclangxx -fuse-ld=$linker -Wl,--$gc-sections"; \
// RUN:   $link first.$level.o second.$level.o && check BOTH && \
// RUN:     $link first.$level.o unmarked.$level.o && check BOTH && \
// RUN:     $link unmarked.$level.o first.$level.o && check NONE || exit 1; \
// RUN: done; done
#include "memprof.h"
#include <cstdlib>

// clang-format off
#ifdef UNMARKED
#define MARK __attribute__((noinline))
#else
#define MARK MEMPROF_PROFILE __attribute__((noinline))
#endif

extern void *volatile escaped; // else -O2 removes the unmarked pair

inline MARK void shared(size_t bytes) {
  std::free(escaped = std::malloc(bytes));
}
template <class T> MARK void sized(T) {
  std::free(escaped = std::malloc(sizeof(T)));
}
struct object {
  MARK virtual void member(size_t bytes) {
    std::free(escaped = std::malloc(bytes));
  }
};

void second();
#ifdef FIRST
void *volatile escaped;
MEMPROF_PROFILE int main() {
  shared(10);
  sized(1);
  object().member(30);
  second();
}
#else
void second() {
  shared(20);
  sized(2);
  sized(2.5);
  object().member(40);
}
#endif

//     BOTH: Function: shared (2 calls, 2 allocations, peak 20 B, kept 0 B)
//     BOTH: Function: sized<int> (2 calls, 2 allocations, peak 4 B, kept 0 B)
//     BOTH: Function: object::member (2 calls, 2 allocations, peak 40 B, kept 0 B)
// NONE-NOT: Function: shared
// NONE-NOT: Function: sized
//     NONE: Function: main (1 call, 7 allocations, peak 40 B, kept 0 B)
