// A block of the parent that is too large for the map of blocks, 3 GiB, is
// unknown in a child like any other: its release is not charged there.
//
// RUN: LEVELS="O0 O2" %every_level %s | FileCheck %s
#include "memprof.h"
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void *volatile giant;

MEMPROF_PROFILE void take(void) { giant = malloc((size_t)3 << 30); }

// CHECK-LABEL: memprof: process peak 10 B (live
// CHECK: Function: release (1 call, 1 allocation, peak 10 B, kept 0 B)
// CHECK: 0 B 0 B 1 0 0 0 B 0 B 0 B 0 B free(giant);
// CHECK: 0 B 0 B 1 1 1 10 B 10 B 10 B 0 B free(giant = malloc(10));
// CHECK-LABEL: memprof: process peak 3221225472 B (live
MEMPROF_PROFILE void release(void) {
  free(giant);
  free(giant = malloc(10));
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
