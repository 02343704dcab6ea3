// pthread_exit from nested marked functions in plain C, where nothing unwinds
// them: the calls count, the thread's end finishes them, the next thread starts
// outside of all.
//
// RUN: env LEVELS="O0 O2" PEAK_RACES=1 %every_level %s | FileCheck %s
#include "memprof.h"
#include <pthread.h>
#include <stdlib.h>

static void *volatile kept;

MEMPROF_PROFILE void inner(void) {
  kept = malloc(100);
  pthread_exit(NULL);
}

MEMPROF_PROFILE void *outer(void *argument) {
  kept = malloc(10);
  inner();
  return argument;
}

MEMPROF_PROFILE void *other(void *argument) {
  kept = malloc(1);
  return argument;
}

static void *not_marked(void *argument) {
  kept = malloc(7); // nobody's
  return other(argument);
}

static void run(void *(*body)(void *)) {
  pthread_t thread;
  pthread_create(&thread, NULL, body, NULL);
  pthread_join(thread, NULL);
}

static void *loads_unwinder(void *argument) { pthread_exit(argument); }

int main(void) {
  run(loads_unwinder); // the first pthread_exit of a process allocates
  for (int i = 0; i < 5; i++) {
    run(outer);
    run(not_marked);
  }
  return 0;
}

// clang-format off
//      CHECK: Function: inner (5 calls, 5 allocations, peak 100 B, kept 500 B)
//      CHECK: 12 10 B 0 B 5 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void inner(void) {
// CHECK-NEXT: 13 110 B 500 B 5 5 0 500 B 0 B 100 B 500 B kept = malloc(100);
// CHECK-NEXT: 14 110 B 0 B 5 0 0 0 B 0 B 0 B 0 B pthread_exit(NULL);
//      CHECK: Function: outer (5 calls, 10 allocations, peak 110 B, kept 550 B)
//      CHECK: 17 0 B 0 B 5 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void *outer(void *argument) {
// CHECK-NEXT: 18 10 B 50 B 5 5 0 50 B 0 B 10 B 50 B kept = malloc(10);
// CHECK-NEXT: 19 110 B 500 B 5 5 0 500 B 0 B 100 B 500 B inner();
//      CHECK: Function: other (5 calls, 5 allocations, peak 1 B, kept 5 B)
//      CHECK: 23 0 B 0 B 5 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void *other(void *argument) {
// CHECK-NEXT: 24 1 B 5 B 5 5 0 5 B 0 B 1 B 5 B kept = malloc(1);
// CHECK-NEXT: 25 1 B 0 B 5 0 0 0 B 0 B 0 B 0 B return argument;
