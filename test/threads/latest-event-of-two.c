// Two threads in one call each of the same function: Mem usage of a line is that
// of whoever had the latest event there, not of whoever had the most. The first
// thread has five on its line before the second has one, and both calls are
// still open then.
//
// RUN: env LEVELS="O0 O2" %every_level %s | FileCheck %s
#include "memprof.h"
#include <pthread.h>
#include <stdlib.h>

static pthread_barrier_t first_is_done, second_is_done;
static void *volatile kept[6];

MEMPROF_PROFILE void *work(void *is_first) {
  if (!is_first)
    pthread_barrier_wait(&first_is_done);
  for (int i = 0; i < (is_first ? 5 : 1); i++)
    kept[is_first ? i : 5] = malloc(16);
  if (is_first)
    pthread_barrier_wait(&first_is_done);
  pthread_barrier_wait(&second_is_done);
  return NULL;
}

int main(void) {
  pthread_t second;
  pthread_barrier_init(&first_is_done, NULL, 2);
  pthread_barrier_init(&second_is_done, NULL, 2);
  pthread_create(&second, NULL, work, NULL);
  work("");
  pthread_join(second, NULL);
  return 0;
}

// clang-format off
// CHECK: Function: work (2 calls, 6 allocations, peak 80 B, kept 96 B)
// CHECK: 18 16 B 96 B {{.*}} kept[is_first ? i : 5] = malloc(16);
