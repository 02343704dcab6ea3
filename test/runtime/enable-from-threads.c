// memprof_enable from several threads at once, while others allocate and free:
// one arena, one report, no lost call.
//
// clang-format off
// RUN: %mclang -g -O1 -pthread %s -o %t
// RUN: for i in 1 2 3 4 5; do env PROFILE_MEMORY_OPTIONS=unit=B %t 2>&1 | FileCheck %s || exit 1; done
// clang-format on
#include "memprof.h"
#include <pthread.h>
#include <stdlib.h>

static pthread_barrier_t start;
static void *volatile shared;

MEMPROF_PROFILE static void work(void) {
  void *block = malloc(100);
  shared = block;
  free(block);
}

static void *run(void *unused) {
  (void)unused;
  pthread_barrier_wait(&start);
  for (int i = 0; i < 1000; i++) {
    shared = malloc(10);
    free(malloc(20));
    if (i == 500 && memprof_enable() != 1)
      abort();
    if (i >= 500)
      work();
  }
  return NULL;
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

// CHECK-NOT: memprof: calls
// CHECK: Function: work (2000 calls, 2000 allocations, peak 100 B, kept 0 B)
