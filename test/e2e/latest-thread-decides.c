// Mem usage is that of the thread with the latest event, also where the event
// changes no number (an entry, the return of a marked callee), and whoever was
// the first to know the function.
//
// RUN: %every_level %s | FileCheck %s
#include "memprof.h"
#include <pthread.h>
#include <stdlib.h>

static void *volatile kept;
static volatile int turns;

MEMPROF_PROFILE void keep(void) { kept = malloc(100); }

MEMPROF_PROFILE void main_last(void) { turns++; }
MEMPROF_PROFILE void thread_last(void) { turns++; }
MEMPROF_PROFILE void main_calls(void) {
  main_last();
  turns++;
}
MEMPROF_PROFILE void thread_calls(void) {
  thread_last();
  turns++;
}
MEMPROF_PROFILE void calm_main(void) { turns++; }
MEMPROF_PROFILE void calm_thread(void) { turns++; }

static void (*const all[])(void) = {main_calls, thread_calls, calm_main,
                                    calm_thread};

// Often enough that one is like the one before.
static void call(unsigned from, unsigned to) {
  for (unsigned i = from; i < to; i++)
    for (int turn = 0; turn < 5; turn++)
      all[i]();
}

static pthread_barrier_t turn;
static void next(void) { pthread_barrier_wait(&turn); }

// The thread has 0 bytes all the time.
static void *run(void *argument) {
  next();
  call(0, 4);
  next();
  next();
  call(1, 2);
  call(3, 4);
  next();
  return argument;
}

int main(void) {
  pthread_t thread;
  pthread_barrier_init(&turn, NULL, 2);
  pthread_create(&thread, NULL, run, NULL);
  call(2, 4); // all have 0 bytes: nobody can tell who was last
  keep();
  call(0, 2);
  next();
  next();
  call(0, 4);
  next();
  next();
  call(0, 1);
  call(2, 3);
  pthread_join(thread, NULL);
  return 0;
}

// clang-format off
//      CHECK: Function: main_last (20 calls, 0 allocations,
//      CHECK: 15 100 B 0 B 20 {{.*}} main_last(void)
//      CHECK: Function: thread_last (20 calls, 0 allocations,
//      CHECK: 16 0 B 0 B 20 {{.*}} thread_last(void)
//      CHECK: Function: main_calls (20 calls, 0 allocations,
//      CHECK: 17 100 B 0 B 20 {{.*}} main_calls(void)
// CHECK-NEXT: 18 100 B 0 B 20 {{.*}} main_last();
//      CHECK: Function: thread_calls (20 calls, 0 allocations,
//      CHECK: 21 0 B 0 B 20 {{.*}} thread_calls(void)
// CHECK-NEXT: 22 0 B 0 B 20 {{.*}} thread_last();
//      CHECK: Function: calm_main (20 calls, 0 allocations,
//      CHECK: 25 100 B 0 B 20 {{.*}} calm_main(void)
//      CHECK: Function: calm_thread (20 calls, 0 allocations,
//      CHECK: 26 0 B 0 B 20 {{.*}} calm_thread(void)
