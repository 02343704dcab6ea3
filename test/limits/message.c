// What is said of a broken limit: the value and the limit, exact; the worst call
// and how many broke it; where the limit was set; the three lines with most of
// it, largest first; the limit that would allow it, as one writes it.
//
// RUN: sh %S/Inputs/limits.sh %t %mclang %s \
// RUN:   | FileCheck --match-full-lines --strict-whitespace %s
#include "memprof.h"
#include <stdlib.h>

static void *volatile a, *volatile b, *volatile c, *volatile d;

MEMPROF_LIMIT("peak=1KiB", "allocs=5..10", "kept=0")
void parse(size_t size) {
  a = malloc(size);     // a
  b = malloc(2 * size); // b
  c = malloc(3 * size); // c
  d = malloc(4 * size); // d
  free(a), free(b), free(c), free(d);
}

int main(void) {
  parse(10);
  parse(200);
  parse(103);
  return 0;
}

// clang-format off
//      CHECK:limits: 2 broken, 1 not
// CHECK-NEXT:broken parse allocs 4 / 5..10, 1 too little: in call 1; 3 of 3 calls broke it; set by the mark, {{.*}}message.c:13
// CHECK-NEXT:    {{.*}}message.c:14  3  a = malloc(size);     // a
// CHECK-NEXT:    {{.*}}message.c:15  3  b = malloc(2 * size); // b
// CHECK-NEXT:    {{.*}}message.c:16  3  c = malloc(3 * size); // c
// CHECK-NEXT:    to allow it: MEMPROF_LIMIT("allocs=4..10")
// CHECK-NEXT:broken parse peak 2000 B / 1 KiB, 976 B too much: in call 2; 2 of 3 calls broke it; set by the mark, {{.*}}message.c:13
// CHECK-NEXT:    {{.*}}message.c:17  800 B  d = malloc(4 * size); // d
// CHECK-NEXT:    {{.*}}message.c:16  600 B  c = malloc(3 * size); // c
// CHECK-NEXT:    {{.*}}message.c:15  400 B  b = malloc(2 * size); // b
// CHECK-NEXT:    to allow it: MEMPROF_LIMIT("peak=2000B")
// CHECK-NEXT:ok parse kept 0 B / 0 B
// CHECK-EMPTY:
// CHECK-NEXT:memprof: 2 limits are broken
// CHECK-NEXT:memprof: the exit status is 97, not 0
// CHECK-NEXT:status 97
// clang-format on
