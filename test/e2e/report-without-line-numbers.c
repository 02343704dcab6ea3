// Compiled with -g0: one row for the whole function, and how to get lines.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: %mclang -g0 %s -o f 2>warnings
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B ./f 2>report
// RUN: sed -n 's,^// |,,p' %s >expected
// RUN: diff -u expected report
#include "memprof.h"
#include <stdlib.h>

MEMPROF_PROFILE void f(void) {
  free(malloc(30));
  if (!malloc(7))
    abort();
}

MEMPROF_PROFILE void unused(void) {}

int main(void) {
  f();
  f();
  return 0;
}

// clang-format off
// |memprof: process peak 37 B (live blocks of marked functions)
// |
// |Filename: ??
// |Function: f (2 calls, 4 allocations, peak 30 B, kept 14 B)
// |no line numbers: compile with -g
// |
// |Line #    Mem usage    Increment  Occurrences   Line Contents
// |=============================================================
// |     -         14 B         14 B           2   (the whole function)
// |
// |
// |not executed:
// |    unused
// |
