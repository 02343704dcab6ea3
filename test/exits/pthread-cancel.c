// A thread that is cancelled inside nested marked functions, in plain C: its
// cleanup handler's release stands on the line that was running, the calls
// count.
//
// RUN: env LEVELS="O0 O2" PEAK_RACES=1 %every_level %s | FileCheck %s
#include "memprof.h"
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static int never[2]; // a pipe that nobody writes to
static pthread_barrier_t inside;

MEMPROF_PROFILE void waits(void) {
  char byte;
  void *block = malloc(100);
  pthread_cleanup_push(free, block);
  pthread_barrier_wait(&inside);
  while (read(never[0], &byte, 1) > 0)
    ;
  pthread_cleanup_pop(1);
}

MEMPROF_PROFILE void *outer(void *argument) {
  void *volatile block = malloc(10);
  waits();
  free(block);
  return argument;
}

int main(void) {
  pthread_barrier_init(&inside, NULL, 2);
  if (pipe(never) != 0)
    return 1;
  for (int i = 0; i < 3; i++) {
    pthread_t thread;
    void *result;
    pthread_create(&thread, NULL, outer, NULL);
    pthread_barrier_wait(&inside);
    pthread_cancel(thread);
    pthread_join(thread, &result);
    if (result != PTHREAD_CANCELED)
      return 1;
  }
  return 0;
}

// clang-format off
//      CHECK: Function: waits (3 calls, 3 allocations, peak 100 B, kept 0 B)
//      CHECK: 14 10 B 0 B 3 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void waits(void) {
//      CHECK: 16 110 B 300 B 3 3 0 300 B 0 B 100 B 0 B void *block = malloc(100);
// CHECK-NEXT: 17 10 B -300 B 6 0 3 0 B 300 B 0 B 0 B pthread_cleanup_push(free, block);
// CHECK-NEXT: 18 10 B 0 B 3 0 0 0 B 0 B 0 B 0 B pthread_barrier_wait(&inside);
// CHECK-NEXT: 19 10 B 0 B 3 0 0 0 B 0 B 0 B 0 B while (read(never[0], &byte, 1) > 0)
//      CHECK: Function: outer (3 calls, 6 allocations, peak 110 B, kept 30 B)
//      CHECK: 24 0 B 0 B 3 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void *outer(void *argument) {
// CHECK-NEXT: 25 10 B 30 B 3 3 0 30 B 0 B 10 B 30 B void *volatile block = malloc(10);
// CHECK-NEXT: 26 10 B 0 B 3 3 3 300 B 300 B 100 B 0 B waits();
