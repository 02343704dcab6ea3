// The sink of a broken limit may ask for the numbers, the call's included, and may
// reset them: a call that has ended is counted once and never again.
//
// RUN: env OPTIONS=stream=none:on_violation=warn LEVELS="O0 O2" %every_level %s \
// RUN:   2>&1 | FileCheck %s
#include "stats.h"
#include <stdlib.h>

static void *volatile block;

MEMPROF_LIMIT("bytes=1") static void work(void) { block = malloc(10); }

static void reset(void *context, const struct memprof_violation *violation) {
  (void)context, (void)violation;
  show("work");
  memprof_reset();
}

int main(void) {
  memprof_set_sink(reset, NULL);
  // CHECK: work: calls 1 allocs 1 frees 0 bytes 10 freed 0 kept 10
  // CHECK: largest: allocs 1 frees 0 bytes 10 peak 10 kept 10
  work();
  // CHECK: work: calls 0 allocs 0 frees 0 bytes 0 freed 0 kept 0
  // CHECK-NOT: largest
  show("work");
  return 0;
}
