// 200,000 blocks pass from a thread that allocates to one that releases, as fast
// as they can; and blocks are released when the thread that allocated them is
// gone: none is kept, each release stands where it was.
//
// RUN: for level in O0 O2; do %mclang -g -$level %s -o %t.$level; \
// RUN:   env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS="unit=B:columns=all" \
// RUN:     %t.$level 2>&1 | FileCheck %s || exit 1; \
// RUN: done
#include "memprof.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { BLOCKS = 200000, SLOTS = 256, LEFT = 1000 };
static void *_Atomic slots[SLOTS];
static void *left[LEFT];

MEMPROF_PROFILE void produce(void) {
  for (int i = 0; i < BLOCKS; i++) {
    void *block = malloc(16);
    while (atomic_load(&slots[i % SLOTS]))
      sched_yield();
    atomic_store(&slots[i % SLOTS], block);
  }
}

MEMPROF_PROFILE void consume(void) {
  for (int i = 0; i < BLOCKS; i++) {
    void *block;
    while (!(block = atomic_exchange(&slots[i % SLOTS], NULL)))
      sched_yield();
    free(block);
  }
}

MEMPROF_PROFILE void leave(void) {
  for (int i = 0; i < LEFT; i++)
    left[i] = malloc(10);
}

MEMPROF_PROFILE void clear(void) {
  for (int i = 0; i < LEFT - 1; i++)
    free(left[i]);
}

static void *producer(void *argument) {
  produce();
  leave();
  return argument;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, producer, NULL);
  consume();
  pthread_join(thread, NULL);
  clear();
  return 0;
}

// Mem usage, Peak and which blocks were temporary depend on who ran when, and so
// do the arrivals of those who wait.
// clang-format off
//      CHECK: Function: produce (1 call, 200000 allocations, {{.*}}, kept 0 B)
//      CHECK: {{[0-9]+}} {{-?[0-9]+}} B 3200000 B 200000 200000 0 3200000 B 0 B 16 B 0 B void *block = malloc(16);
//      CHECK: Function: consume (1 call, 0 allocations, peak 0 B, kept 0 B)
//      CHECK: {{[0-9]+}} {{-?[0-9]+}} B -3200000 B 200000 0 200000 0 B 3200000 B 0 B 0 B free(block);
//      CHECK: Function: leave (1 call, 1000 allocations, {{.*}}, kept 10 B)
//      CHECK: {{[0-9]+}} {{-?[0-9]+}} B 10000 B 1000 1000 0 10000 B 0 B 10 B 10 B left[i] = malloc(10);
//      CHECK: Function: clear (1 call, 0 allocations, peak 0 B, kept 0 B)
//      CHECK: {{[0-9]+}} {{-?[0-9]+}} B -9990 B 999 0 999 0 B 9990 B 0 B 0 B free(left[i]);
