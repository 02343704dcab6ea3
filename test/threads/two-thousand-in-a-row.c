// 2,000 short threads one after the other, then 500 at once: every call and
// every byte counts.
//
// RUN: env LEVELS="O0 O2" PEAK_RACES=1 %every_level %s | FileCheck %s
#include "memprof.h"
#include <pthread.h>
#include <stdlib.h>

enum { ROW = 2000, AT_ONCE = 500 };
static pthread_barrier_t all;

MEMPROF_PROFILE void *work(void *argument) {
  void *volatile block = malloc(100);
  void *volatile left = malloc(8);
  free(block);
  return left ? argument : NULL;
}

static void *at_once(void *argument) {
  pthread_barrier_wait(&all);
  work(argument);
  pthread_barrier_wait(&all); // none ends before all have counted
  return argument;
}

int main(void) {
  static pthread_t threads[AT_ONCE];
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 64 << 10);
  for (int i = 0; i < ROW; i++) {
    if (pthread_create(&threads[0], &small, work, NULL) != 0)
      return 1;
    pthread_join(threads[0], NULL);
  }
  pthread_barrier_init(&all, NULL, AT_ONCE);
  for (int i = 0; i < AT_ONCE; i++)
    if (pthread_create(&threads[i], &small, at_once, NULL) != 0)
      return 1;
  for (int i = 0; i < AT_ONCE; i++)
    pthread_join(threads[i], NULL);
  return 0;
}

// clang-format off
//      CHECK: Function: work (2500 calls, 5000 allocations, peak 108 B, kept 20000 B)
//      CHECK: 12 0 B 0 B 2500 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void *work(void *argument) {
// CHECK-NEXT: 13 100 B 250000 B 2500 2500 0 250000 B 0 B 100 B 0 B void *volatile block = malloc(100);
// CHECK-NEXT: 14 108 B 20000 B 2500 2500 0 20000 B 0 B 8 B 20000 B void *volatile left = malloc(8);
// CHECK-NEXT: 15 8 B -250000 B 2500 0 2500 0 B 250000 B 0 B 0 B free(block);
// CHECK-NEXT: 16 8 B 0 B 2500 0 0 0 B 0 B 0 B 0 B return left ? argument : NULL;
