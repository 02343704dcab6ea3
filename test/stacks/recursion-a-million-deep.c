// A marked function that calls itself 1,000,000 times, on a thread with a large
// stack: each call counts, and so does each byte.
//
// RUN: env LEVELS="O0 O2" %every_level %s | FileCheck %s
#include "memprof.h"
#include <pthread.h>
#include <stdlib.h>

enum { DEPTH = 1000000 };
static void *volatile last;

MEMPROF_PROFILE int descend(int depth) {
  last = malloc(1);
  int below = depth > 1 ? descend(depth - 1) : 0;
  return below + 1;
}

static void *run(void *argument) {
  return descend(DEPTH) == DEPTH ? argument : (void *)&last;
}

int main(void) {
  pthread_attr_t attributes;
  pthread_t thread;
  void *result;
  pthread_attr_init(&attributes);
  if (pthread_attr_setstacksize(&attributes, (size_t)1 << 30) != 0 ||
      pthread_create(&thread, &attributes, run, NULL) != 0)
    return 1;
  pthread_join(thread, &result);
  return result != NULL;
}

// clang-format off
//      CHECK: Function: descend (1000000 calls, 1000000 allocations, peak 1000000 B, kept 1000000 B)
//      CHECK: 12 999999 B 0 B 1000000 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE int descend(int depth) {
// CHECK-NEXT: 13 1000000 B 1000000 B 1000000 1000000 0 1000000 B 0 B 1 B 1000000 B last = malloc(1);
// CHECK-NEXT: 14 1000000 B 0 B 1000000 0 0 0 B 0 B 999999 B 0 B int below = depth > 1 ? descend(depth - 1) : 0;
// CHECK-NEXT: 15 1000000 B 0 B 1000000 0 0 0 B 0 B 0 B 0 B return below + 1;
