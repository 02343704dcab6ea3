// Detached threads that are inside marked functions when the process ends: their
// calls and bytes so far are in the report.
//
// RUN: for level in O0 O2; do %mclang -g -$level %s -o %t.$level; \
// RUN:   env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS="unit=B:columns=all" \
// RUN:     %t.$level 2>&1 | FileCheck %s || exit 1; \
// RUN: done
#include "memprof.h"
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS = 8 };
static pthread_barrier_t inside;

MEMPROF_PROFILE void *stays(void *argument) {
  void *volatile block = malloc(100);
  pthread_barrier_wait(&inside);
  for (;;)
    pause();
  free(block);
  return argument;
}

int main(void) {
  pthread_barrier_init(&inside, NULL, THREADS + 1);
  for (int i = 0; i < THREADS; i++) {
    pthread_t thread;
    pthread_create(&thread, NULL, stays, NULL);
    pthread_detach(thread);
  }
  pthread_barrier_wait(&inside);
  return 0;
}

// clang-format off
//      CHECK: Function: stays (8 calls, 8 allocations, peak 100 B, kept 800 B)
//      CHECK: {{[0-9]+}} 100 B 800 B 8 8 0 800 B 0 B 100 B 800 B void *volatile block = malloc(100);
