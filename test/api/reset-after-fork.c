// The calls in progress at a memprof_reset are those of now, also when there was a
// fork before: what is kept aside for a child that shares the file is the child's.
//
// RUN: env OPTIONS=stream=none:output=%t.mprof LEVELS="O0 O2" %every_level %s \
// RUN:   | FileCheck %s
#include "stats.h"
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void *volatile block;

MEMPROF_PROFILE static void forks(void) {
  pid_t child = fork();
  if (child == 0)
    _exit(0);
  waitpid(child, NULL, 0);
}

MEMPROF_PROFILE static void resets(void) {
  memprof_reset();
  block = malloc(10);
}

int main(void) {
  forks();
  resets();
  // CHECK: forks: calls 0 allocs 0 frees 0 bytes 0 freed 0 kept 0
  show("forks");
  // CHECK: resets: calls 0 allocs 1 frees 0 bytes 10 freed 0 kept 10
  show("resets");
  return 0;
}
