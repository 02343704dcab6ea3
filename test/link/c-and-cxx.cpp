// C and C++, instrumented and plain, in one program, each marked function calling
// into the other language: the same report at each level.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: export PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B:columns=all:sort=name
// RUN: for level in 0 2; do \
// RUN:   %mclang -g -O$level -c %S/Inputs/library.c -o c.o && \
// RUN:   %clangxx -g -O$level -DPLAIN -c %s -o plain.o && \
// RUN:   %mclangxx -g -O$level -c %s -o cxx.o && \
// RUN:   %mclangxx c.o plain.o cxx.o -o program && ./program 2> err && \
// RUN:   FileCheck %s < err || exit 1; done
extern "C" char *library_text(const char *text);
extern "C" void library_release(char *text);
int *plain();

#ifdef PLAIN
int *plain() { return new int[25]; }
#else
#include "memprof.h"

namespace game {
struct level {
  MEMPROF_PROFILE int load();
};
int level::load() {
  int *numbers = plain();
  library_release(library_text("seven.."));
  delete[] numbers;
  return 0;
}
} // namespace game

int main() { return game::level().load(); }
#endif

// clang-format off
// CHECK: Function: game::level::load (1 call, 2 allocations, peak 108 B, kept 0 B)
// CHECK: 26 100 B 100 B 1 1 0 100 B 0 B 100 B 0 B int *numbers
// CHECK-NEXT: 27 100 B 0 B 1 1 1 8 B 8 B 8 B 0 B library_release
// CHECK-NEXT: 28 0 B -100 B 1 0 1 0 B 100 B 0 B 0 B delete
// CHECK: Function: library_release (1 call, 0 allocations, peak 0 B, kept 0 B)
// CHECK: Function: library_text (1 call, 1 allocation, peak 8 B, kept 0 B)
