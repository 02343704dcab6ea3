// Between memprof_pause and memprof_resume this thread counts nothing new; what
// was counted and is released there is no longer kept. Pauses nest.
//
// RUN: env OPTIONS=stream=none LEVELS="O0 O2" %every_level %s | FileCheck %s
#include "stats.h"
#include <stdlib.h>

static void *volatile block;

MEMPROF_PROFILE static void work(void) {
  block = malloc(10);
  memprof_pause();
  void *volatile unseen = malloc(100);
  free(unseen);
  free(block);
  memprof_pause();
  memprof_resume();
  block = malloc(1000);
  memprof_resume();
  block = malloc(1);
}

int main(void) {
  // CHECK: work: calls 1 allocs 2 frees 0 bytes 11 freed 0 kept 1
  work();
  show("work");
  memprof_pause();
  work(); // its own memprof_resume leaves it paused
  memprof_resume();
  // CHECK: work: calls 1 allocs 2 frees 0 bytes 11 freed 0 kept 1
  show("work");
  memprof_resume(); // one too many: nothing
  work();
  // CHECK: work: calls 2 allocs 4 frees 0 bytes 22 freed 0 kept 2
  show("work");
  return 0;
}
