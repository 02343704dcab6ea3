// Variable arguments, with structures among the fixed and the variable ones,
// handed on through a va_list, and in a printf of the user's.
//
// RUN: env LEVELS="O0 O2" %every_level %s | FileCheck %s
#define _GNU_SOURCE // vasprintf
#include "memprof.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

// clang-format off
struct large { long field[20]; };

MEMPROF_PROFILE long sum(int n, ...) {
  va_list args, again;
  va_start(args, n);
  va_copy(again, args);
  long total = 0;
  for (int i = 0; i < n; i++)
    total += va_arg(args, struct large).field[19] + (long)va_arg(args, double);
  free(malloc((size_t)va_arg(again, struct large).field[19]));
  va_end(again);
  va_end(args);
  return total;
}
MEMPROF_PROFILE long after(struct large first, double d, ...) {
  va_list args;
  va_start(args, d);
  long total = first.field[0] + (long)d + va_arg(args, int) + va_arg(args, struct large).field[0];
  va_end(args);
  free(malloc(20));
  return total;
}
MEMPROF_PROFILE static char *text(const char *format, ...) {
  va_list args;
  va_start(args, format);
  char *made = NULL;
  int length = vasprintf(&made, format, args);
  va_end(args);
  return length < 0 ? NULL : made;
}

int main(void) {
  struct large l = {{0}};
  l.field[0] = 1;
  l.field[19] = 30;
  if (sum(2, l, 1.0, l, 2.0) != 63 || after(l, 2.0, 3, l) != 7)
    return 1;
  char *made = text("%d %s %.1f", 12, "three", 4.5);
  printf("%s\n", made);
  free(made);
  return 0;
}

// The allocations inside vasprintf are libc's business.
//      CHECK: 12 three 4.5
//      CHECK: Function: sum (1 call, 1 allocation, peak 30 B, kept 0 B)
//      CHECK: 20 {{.*}} 0 B 2 0 0
// CHECK-NEXT: 21 {{.*}} 0 B 1 1 1 30 B 30 B 30 B 0 B free
//      CHECK: Function: after (1 call, 1 allocation, peak 20 B, kept 0 B)
//      CHECK: 31 {{.*}} 0 B 1 1 1 20 B 20 B 20 B 0 B free
//      CHECK: Function: text (1 call,
