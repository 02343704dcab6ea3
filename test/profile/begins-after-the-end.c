// What begins when the profile has ended is no part of it, and no loss either:
// abort() ends the profile before its signal, whose handler runs a thread and
// a function that were not known. What was known goes on counting.
//
// RUN: %mclang -g -O1 -pthread %s -o %t
// RUN: env PROFILE_MEMORY=1 \
// RUN:   PROFILE_MEMORY_OPTIONS=stream=none:output=%t.mprof not --crash %t
// RUN: %memprof report --unit=B %t.mprof | FileCheck %s
//
//  CHECK-NOT: not measured
//      CHECK: Function: known (2 calls, 2 allocations, peak 10 B, kept 0 B)
//      CHECK: not executed:
// CHECK-NEXT:     unknown
#include "memprof.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

MEMPROF_PROFILE void known(void) {
  void *volatile block = malloc(10);
  free(block);
}

MEMPROF_PROFILE void unknown(void) {
  void *volatile block = malloc(20);
  free(block);
}

static void *run(void *unused) {
  unknown();
  return unused;
}

static void at_signal(int signal) {
  pthread_t thread;
  (void)signal;
  known();
  unknown();
  pthread_create(&thread, NULL, run, NULL);
  pthread_join(thread, NULL);
}

int main(void) {
  signal(SIGABRT, at_signal);
  known();
  abort();
}
