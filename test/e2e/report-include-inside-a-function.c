// Lines of a file that is included inside a function stand in a table of their
// own; its summary stands once.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cp %s %t.dir/f.c && cd %t.dir
// RUN: printf '/* steps */\np = malloc(30);\nfree(p);\n' >steps.h
// RUN: %mclang -g f.c -o f
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B ./f 2>report
// RUN: sed -n 's,^// |,,p' %s >expected
// RUN: diff -u expected report
#include "memprof.h"
#include <stdlib.h>

MEMPROF_PROFILE void f(void) {
  char *p = malloc(4);
  free(p);
#include "steps.h"
  p = malloc(500);
}

int main(void) {
  f();
  return 0;
}

// clang-format off
// |memprof: process peak 500 B (live blocks of marked functions)
// |
// |Filename: f.c
// |Function: f (1 call, 3 allocations, peak 500 B, kept 500 B)
// |
// |Line #    Mem usage    Increment  Occurrences   Line Contents
// |=============================================================
// |    13          0 B          0 B           1   MEMPROF_PROFILE void f(void) {
// |    14          4 B          4 B           1     char *p = malloc(4);
// |    15          0 B         -4 B           1     free(p);
// |    16                                         #include "steps.h"
// |    17        500 B        500 B           1     p = malloc(500);
// |    18        500 B          0 B           1   }
// |
// |
// |Filename: steps.h
// |Function: f (its lines in this file)
// |
// |Line #    Mem usage    Increment  Occurrences   Line Contents
// |=============================================================
// |     2         30 B         30 B           1   p = malloc(30);
// |     3          0 B        -30 B           1   free(p);
// |
// |
