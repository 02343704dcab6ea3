// A scope that begins while profiling is disabled is not measured; its end is not
// the end of the scope around it.
//
// RUN: env OPTIONS=stream=none LEVELS="O0 O2" %every_level %s 2>&1 | FileCheck %s
#include "stats.h"
#include <stdlib.h>

static void *volatile block;

MEMPROF_PROFILE static void leaf(void) { block = malloc(4); }

MEMPROF_PROFILE static void work(void) {
  memprof_begin("outer");
  memprof_disable();
  memprof_begin("inner");
  memprof_end();
  memprof_enable();
  leaf();
  memprof_end();
}

int main(void) {
  work();
  // CHECK-NOT: memprof:
  // CHECK: outer: calls 1 allocs 1 frees 0 bytes 4 freed 0 kept 4
  show("outer");
  // CHECK: inner: unknown
  show("inner");
  return 0;
}
