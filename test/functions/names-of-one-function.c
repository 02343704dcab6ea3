// One function under several names, and several behind one: an alias and an
// ifunc lead to the function that is marked, a weak one counts only where no
// other takes its place, and a resolver may be marked though it runs before
// anything else. The ifunc itself has no body to mark: clang drops the mark.
//
// RUN: env LEVELS="O0 O2" %every_level %s %S/Inputs/strong.c \
// RUN:   | FileCheck --implicit-check-not=Function: %s
#include "memprof.h"
#include <stdlib.h>

// clang-format off
static void *volatile escaped;

MEMPROF_PROFILE void real(size_t n) {
  free(escaped = malloc(n));
}
void alias(size_t n) __attribute__((alias("real")));
void weak_alias(size_t n) __attribute__((weak, alias("real")));

MEMPROF_PROFILE __attribute__((weak)) void overridden(size_t n) {
  free(escaped = malloc(n));
}
MEMPROF_PROFILE __attribute__((weak)) void not_overridden(size_t n) {
  free(escaped = malloc(n));
}

MEMPROF_PROFILE static void chosen(size_t n) {
  free(escaped = malloc(n));
}
MEMPROF_PROFILE static void (*resolve(void))(size_t) {
  return chosen;
}
void indirect(size_t n) __attribute__((ifunc("resolve")));

static void renamed(size_t n) __asm__("another_name");
MEMPROF_PROFILE static void renamed(size_t n) {
  free(escaped = malloc(n));
}

int main(void) {
  real(1);
  alias(20);
  weak_alias(300);
  overridden(4000);
  not_overridden(5);
  indirect(6);
  renamed(7);
  return 0;
}

//      CHECK: Function: real (3 calls, 3 allocations, peak 300 B, kept 0 B)
//      CHECK: 15 {{.*}} 0 B 3 3 3 321 B 321 B 300 B 0 B free
//      CHECK: Function: not_overridden (1 call, 1 allocation, peak 5 B, kept 0 B)
//      CHECK: Function: chosen (1 call, 1 allocation, peak 6 B, kept 0 B)
//      CHECK: Function: another_name (1 call, 1 allocation, peak 7 B, kept 0 B)
//      CHECK: Filename: {{.*}}strong.c
//      CHECK: Function: overridden (1 call, 1 allocation, peak 4000 B, kept 0 B)
//      CHECK: not executed:
// CHECK-NEXT: overridden ({{.*}}names-of-one-function.c:20)
// CHECK-NEXT: resolve (
