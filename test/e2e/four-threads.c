// 4 threads call one marked function at once, 10,000 times each: no call is
// lost and every sum is exact.
//
// RUN: env PEAK_RACES=1 %every_level %s | FileCheck %s
#include "memprof.h"
#include <pthread.h>
#include <stdlib.h>

MEMPROF_PROFILE void *work(size_t bytes) {
  void *temporary = malloc(3 * bytes);
  void *block = malloc(bytes);
  free(temporary);
  return block;
}

static pthread_barrier_t start;

static void *run(void *argument) {
  pthread_barrier_wait(&start);
  for (int i = 0; i < 10000; i++)
    free(work(8));
  return argument;
}

int main(void) {
  pthread_t threads[4];
  pthread_barrier_init(&start, NULL, 4);
  for (int i = 0; i < 4; i++)
    pthread_create(&threads[i], NULL, run, NULL);
  for (int i = 0; i < 4; i++)
    pthread_join(threads[i], NULL);
  return 0;
}

// Mem usage is the thread's own: at the end of a thread, 8 x 10,000 were handed
// out under `work` and released outside it, so live is 80,000.
// clang-format off
//      CHECK: Function: work (40000 calls, 80000 allocations, peak 32 B, kept 0 B)
//      CHECK: 10 80016 B 960000 B 40000 40000 0 960000 B 0 B 24 B 0 B void *temporary
// CHECK-NEXT: 11 80024 B 320000 B 40000 40000 0 320000 B 0 B 8 B 0 B void *block
// CHECK-NEXT: 12 80000 B -960000 B 40000 0 40000 0 B 960000 B 0 B 0 B free
// CHECK-NEXT: 13 80000 B 0 B 40000 {{.*}} return block
