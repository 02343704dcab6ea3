// A failed assertion leaves a test by longjmp, out of marked calls and scopes: the
// end of the test ends them, and the next test starts clean.
//
// RUN: env LEVELS="O0 O2" %every_level %s | FileCheck %s
#include "stats.h"
#include <setjmp.h>
#include <stdlib.h>

static jmp_buf failed;
static void *volatile block;

MEMPROF_PROFILE static void fails(void) {
  block = malloc(10);
  memprof_begin("not ended");
  block = malloc(20);
  longjmp(failed, 1);
}

MEMPROF_PROFILE static void works(void) { block = malloc(3); }

static void test(const char *name, void (*body)(void)) {
  memprof_test_begin(NULL, name);
  if (!setjmp(failed))
    body();
  memprof_test_end();
}

int main(void) {
  test("red", fails);
  test("green", works);
  // CHECK: works: calls 1 allocs 1 frees 0 bytes 3 freed 0 kept 3
  show("works");
  return 0;
}

// CHECK: Function: fails (1 call, 2 allocations, peak 30 B, kept 30 B)
// CHECK: tests:
// CHECK-NEXT: {{^}} red (1 run, 2 allocations, peak 30 B, kept 30 B at its end)
// CHECK-NEXT: {{^}} green (1 run, 1 allocation, peak 3 B, kept 3 B at its end)
