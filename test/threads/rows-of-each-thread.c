// Threads are added up, row by row. An option that would keep them apart does
// not exist, and says so.
//
// RUN: env LEVELS="O0 O2" PEAK_RACES=1 %every_level %s | FileCheck %s
// RUN: env LEVELS=O0 PEAK_RACES=1 OPTIONS=threads=yes %every_level %s \
// RUN:   | FileCheck --check-prefixes=THREADS,CHECK %s
#include "memprof.h"
#include <pthread.h>
#include <stdlib.h>

static void *volatile kept;

MEMPROF_PROFILE void *work(void *size) {
  kept = malloc((size_t)size);
  return NULL;
}

int main(void) {
  for (size_t size = 1; size <= 100; size *= 10) {
    pthread_t thread;
    pthread_create(&thread, NULL, work, (void *)size);
    pthread_join(thread, NULL);
  }
  return 0;
}

// THREADS: memprof: PROFILE_MEMORY_OPTIONS: unknown key 'threads'
// clang-format off
//      CHECK: Function: work (3 calls, 3 allocations, peak 100 B, kept 111 B)
//      CHECK: 14 100 B 111 B 3 3 0 111 B 0 B 100 B 111 B kept = malloc((size_t)size);
