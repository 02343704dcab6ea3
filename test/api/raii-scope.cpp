// memprof::scope measures the rest of a block, also when an exception leaves it.
//
// RUN: env OPTIONS=stream=none LEVELS="O0 O2" %every_level_cxx %s | FileCheck %s
#include "stats.h"
#include <cstdlib>

static void *volatile block;

MEMPROF_PROFILE static void work(bool throws) {
  memprof::scope scope("rest of work");
  free(block = malloc(throws ? 100 : 10));
  if (throws)
    throw 1;
}

int main() {
  work(false);
  try {
    work(true);
  } catch (int) {
  }
  work(false);
  // one more is the exception's
  // CHECK: rest of work: calls 3 allocs 4
  // CHECK: smallest: allocs 1 frees 1 bytes 10 peak 10 kept 0
  // CHECK: work: calls 3 allocs 4
  show("rest of work");
  show("work");
}
