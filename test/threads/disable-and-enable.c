// memprof_disable and memprof_enable while threads run: calls that are running
// go on counting, new ones between the two do not, and a release of a counted
// block lowers Kept at any time.
//
// RUN: env LEVELS="O0 O2" PEAK_RACES=1 %every_level %s | FileCheck %s
#include "memprof.h"
#include <pthread.h>
#include <stdlib.h>

enum { THREADS = 4 };
static pthread_barrier_t step;

MEMPROF_PROFILE void *takes(int size) {
  void *block = malloc(size);
  return block;
}

MEMPROF_PROFILE void runs(void) {
  void *volatile block = malloc(1000);
  pthread_barrier_wait(&step); // main disables
  pthread_barrier_wait(&step);
  free(block);
}

static void *run(void *argument) {
  void *before = takes(100);
  runs();
  void *between = takes(10); // not counted
  free(before);
  pthread_barrier_wait(&step); // main enables
  pthread_barrier_wait(&step);
  void *after = takes(1);
  free(between);
  return after ? argument : NULL;
}

int main(void) {
  pthread_t threads[THREADS];
  pthread_barrier_init(&step, NULL, THREADS + 1);
  for (int i = 0; i < THREADS; i++)
    pthread_create(&threads[i], NULL, run, NULL);
  pthread_barrier_wait(&step);
  memprof_disable();
  pthread_barrier_wait(&step);
  pthread_barrier_wait(&step);
  memprof_enable();
  pthread_barrier_wait(&step);
  for (int i = 0; i < THREADS; i++)
    pthread_join(threads[i], NULL);
  return 0;
}

// clang-format off
//      CHECK: Function: takes (8 calls, 8 allocations, peak 100 B, kept 4 B)
//      CHECK: 13 100 B 0 B 8 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void *takes(int size) {
// CHECK-NEXT: 14 101 B 404 B 8 8 0 404 B 0 B 100 B 4 B void *block = malloc(size);
// CHECK-NEXT: 15 101 B 0 B 8 0 0 0 B 0 B 0 B 0 B return block;
//      CHECK: Function: runs (4 calls, 4 allocations, peak 1000 B, kept 0 B)
//      CHECK: 18 100 B 0 B 4 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void runs(void) {
// CHECK-NEXT: 19 1100 B 4000 B 4 4 0 4000 B 0 B 1000 B 0 B void *volatile block = malloc(1000);
// CHECK-NEXT: 20 1100 B 0 B 4 0 0 0 B 0 B 0 B 0 B pthread_barrier_wait(&step); // main disables
// CHECK-NEXT: 21 1100 B 0 B 4 0 0 0 B 0 B 0 B 0 B pthread_barrier_wait(&step);
// CHECK-NEXT: 22 100 B -4000 B 4 0 4 0 B 4000 B 0 B 0 B free(block);
// CHECK-NEXT: 23 100 B 0 B 4 0 0 0 B 0 B 0 B 0 B }
