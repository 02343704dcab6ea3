// memprof_enable and memprof_disable act in a child as in its parent, and on it
// alone; a child of a program that sleeps can wake.
//
// RUN: for level in O0 O2; do \
// RUN:   %mclang -g -$level %s -o %t && \
// RUN:   env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B %t > %t.on 2>&1 && \
// RUN:   FileCheck %s --check-prefix=ON < %t.on && \
// RUN:   env PROFILE_MEMORY=0 PROFILE_MEMORY_OPTIONS=unit=B %t asleep \
// RUN:     > %t.off 2>&1 && \
// RUN:   FileCheck %s --check-prefix=OFF < %t.off || exit 1; \
// RUN: done
//
// The child switches off what its parent had on, and on again.
// ON: Function: work (2 calls, 2 allocations, peak 30 B, kept 0 B)
// ON: Function: work (2 calls, 2 allocations, peak 2000 B, kept 0 B)
// ON-NOT: Function:
//
// OFF: Function: work (2 calls, 2 allocations, peak 30 B, kept 0 B)
// OFF-NOT: Function:
#include "memprof.h"
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

MEMPROF_PROFILE void work(size_t size) {
  void *volatile block = malloc(size);
  free(block);
}

static int child_begins(int is_asleep) {
  if (memprof_is_active() == is_asleep || !memprof_enable())
    return 1;
  work(10);
  memprof_disable();
  if (memprof_is_active())
    return 1;
  work(20);
  if (!memprof_enable() || !memprof_is_active())
    return 1;
  work(30);
  return 0;
}

int main(int argc, char **argv) {
  int is_asleep = argc > 1, status = 1;
  (void)argv;
  work(1000);
  pid_t child = fork();
  if (child == 0)
    exit(child_begins(is_asleep));
  if (waitpid(child, &status, 0) != child || status)
    return 1;
  work(2000);
  return memprof_is_active() == is_asleep;
}
