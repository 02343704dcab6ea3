// A block of the program's own allocator, at an odd address, is unknown in a
// child like any other from before the fork: its release is not charged there.
//
// RUN: env LEVELS="O0 O2" %every_level %s | FileCheck %s
#include "memprof.h"
#include <sys/wait.h>
#include <unistd.h>

static char arena[100];

MEMPROF_PROFILE void take(void) { memprof_alloc(arena + 1, 30); }

// CHECK-LABEL: memprof: process peak 10 B (live
// CHECK: Function: release (1 call, 1 allocation, peak 10 B, kept 0 B)
// CHECK: 0 B 0 B 1 0 0 0 B 0 B 0 B 0 B memprof_free(arena + 1);
// CHECK: 10 B 10 B 1 1 0 10 B 0 B 10 B 0 B memprof_alloc(arena + 3, 10);
// CHECK: 0 B -10 B 1 0 1 0 B 10 B 0 B 0 B memprof_free(arena + 3);
// CHECK-LABEL: memprof: process peak 30 B (live
MEMPROF_PROFILE void release(void) {
  memprof_free(arena + 1);
  memprof_alloc(arena + 3, 10);
  memprof_free(arena + 3);
}

int main(void) {
  take();
  pid_t child = fork();
  if (child == 0)
    release();
  else
    waitpid(child, NULL, 0);
  return 0;
}
