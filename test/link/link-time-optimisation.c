// Full LTO and ThinLTO over several files, instrumented and plain ones mixed:
// the same report, with inlining across them or without.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: export PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B:columns=all:sort=name
// RUN: for level in 0 2; do for lto in -fno-lto -flto -flto=thin; do \
// RUN:   %mclang -g -O$level $lto -c %s -o main.o && \
// RUN:   %mclang -g -O$level $lto -c %S/Inputs/library.c -o library.o && \
// RUN:   %clang -g -O$level $lto -c -DPLAIN %s -o plain.o && \
// RUN:   %mclang -O$level $lto -fuse-ld=lld main.o library.o plain.o -o program \
// RUN:   && ./program 2> report && FileCheck %s < report || exit 1; done; done
#include <stdlib.h>

void *plain(int size);
char *library_text(const char *text);
void library_release(char *text);

#ifdef PLAIN
static void *volatile kept;
void *plain(int size) {
  kept = malloc(size);
  return kept;
}
#else
#include "memprof.h"

MEMPROF_PROFILE static int work(int size) {
  void *block = plain(size);
  char *text = library_text("four");
  library_release(text);
  free(block);
  return size;
}

int main(void) { return work(20) + work(40) != 60; }
#endif

// clang-format off
// CHECK: Function: library_release (2 calls, 0 allocations, peak 0 B, kept 0 B)
// CHECK: Function: library_text (2 calls, 2 allocations, peak 5 B, kept 0 B)
// CHECK: Function: work (2 calls, 4 allocations, peak 45 B, kept 0 B)
// CHECK: 28 {{.*}} 60 B 2 2 0 60 B 0 B 40 B 0 B void *block
// CHECK-NEXT: 29 {{.*}} 10 B 2 2 0 10 B 0 B 5 B 0 B char *text
// CHECK-NEXT: 30 {{.*}} -10 B 2 0 2 0 B 10 B 0 B 0 B library_release
// CHECK-NEXT: 31 {{.*}} -60 B 2 0 2 0 B 60 B 0 B 0 B free(block)
