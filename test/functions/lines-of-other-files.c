// Code that is not where it seems: from macros, #line, and files included
// inside a function; and a function without lines, as generators make them. A
// row has the file and line that the preprocessor says; what a macro does
// stands where it is used.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cp %s %t.dir/f.c && cd %t.dir
// RUN: printf 'p = malloc(30);\nfree(p);\n' >step.h
// RUN: printf 'rule: one\nrule: two\nrule: three\n' >grammar.y
// RUN: env LEVELS="O0 O2" %every_level f.c >report 2>warnings
// RUN: FileCheck %s <report
// RUN: FileCheck --check-prefix=WARNING %s <warnings
#include "memprof.h"
#include <stdlib.h>

// clang-format off
static void *volatile escaped;
#define TWICE(n)                                                               \
  do {                                                                         \
    free(escaped = malloc(n));                                                 \
    free(escaped = malloc(2 * (n)));                                           \
  } while (0)

MEMPROF_PROFILE void macros(void) {
  TWICE(10);
  TWICE(100); TWICE(5);
}

MEMPROF_PROFILE void parser(void) {
  free(escaped = malloc(1));
#line 2 "grammar.y"
  free(escaped = malloc(20));
  free(escaped = malloc(300));
#line 34 "f.c"
  free(escaped = malloc(4));
}

MEMPROF_PROFILE void includes(void) {
  void *p;
#include "step.h"
#include "step.h"
  p = malloc(500);
  free(escaped = p);
}

// WARNING: f.c:[[#@LINE+1]]:{{.*}}'no_lines' has no line information: its table has no lines
MEMPROF_PROFILE __attribute__((nodebug, noinline)) void no_lines(size_t n) {
  free(escaped = malloc(n));
  free(escaped = malloc(2 * n));
}

int main(void) {
  macros();
  parser();
  includes();
  no_lines(7);
  return 0;
}

//      CHECK: Function: macros (1 call, 6 allocations, peak 200 B, kept 0 B)
//      CHECK: 24 {{.*}} 0 B 1 2 2 30 B 30 B 20 B 0 B TWICE(10);
// CHECK-NEXT: 25 {{.*}} 0 B 1 4 4 315 B 315 B 200 B 0 B TWICE(100); TWICE(5);
//      CHECK: Function: parser (1 call, 4 allocations, peak 300 B, kept 0 B)
//      CHECK: 29 {{.*}} 0 B 1 1 1 1 B 1 B 1 B 0 B free(escaped = malloc(1));
// CHECK-NEXT: 30 #line 2 "grammar.y"
// CHECK-NEXT: 31 free(
// CHECK-NEXT: 32 free(
// CHECK-NEXT: 33 #line 34 "f.c"
// CHECK-NEXT: 34 {{.*}} 0 B 1 1 1 4 B 4 B 4 B 0 B free(escaped = malloc(4));
//      CHECK: Filename: grammar.y
// CHECK-NEXT: Function: parser (its lines in this file)
//      CHECK: 2 {{.*}} 0 B 1 1 1 20 B 20 B 20 B 0 B rule: two
// CHECK-NEXT: 3 {{.*}} 0 B 1 1 1 300 B 300 B 300 B 0 B rule: three
//      CHECK: Function: includes (1 call, 3 allocations, peak 500 B, kept 0 B)
//      CHECK: 41 {{.*}} 500 B 1 1 0 500 B 0 B 500 B 0 B p = malloc(500);
//      CHECK: Filename: step.h
//      CHECK: 1 {{.*}} 60 B 2 2 0 60 B 0 B 30 B 0 B p = malloc(30);
// CHECK-NEXT: 2 {{.*}} -60 B 2 0 2 0 B 60 B 0 B 0 B free(p);
//      CHECK: Function: no_lines (1 call, 2 allocations, peak 14 B, kept 0 B)
//      CHECK: - {{.*}} 0 B 1 2 2 21 B 21 B 14 B 0 B (the whole function)
