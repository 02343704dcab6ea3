// A fork between memprof_pause and memprof_resume: the child is in the same calls as
// with any other fork, with and without a file that it shares at first.
//
// RUN: for output in "" :output=%t.mprof; do \
// RUN:   env OPTIONS=stream=none$output LEVELS="O0 O2" %every_level %s > %t.out \
// RUN:     || exit 1; \
// RUN:   FileCheck %s < %t.out || exit 1; \
// RUN: done
#include "stats.h"
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void *volatile block;

MEMPROF_PROFILE static void work(void) {
  memprof_pause();
  pid_t child = fork();
  memprof_resume();
  if (child)
    waitpid(child, NULL, 0);
  else
    block = malloc(7);
}

int main(void) {
  work();
  // CHECK: work: calls 0 allocs 1 frees 0 bytes 7 freed 0 kept 7
  // CHECK: work: calls 1 allocs 0 frees 0 bytes 0 freed 0 kept 0
  show("work");
  return 0;
}
