// A block released by another thread lowers Kept of the line that allocated it.
//
// RUN: %every_level %s | FileCheck %s
#include "memprof.h"
#include <pthread.h>
#include <stdlib.h>

static void *blocks[10];

MEMPROF_PROFILE void make(void) {
  for (int i = 0; i < 10; i++)
    blocks[i] = malloc(100);
}

static void *release(void *argument) {
  for (int i = 0; i < 7; i++)
    free(blocks[i]);
  return argument;
}

int main(void) {
  pthread_t thread;
  make();
  pthread_create(&thread, NULL, release, NULL);
  pthread_join(thread, NULL);
  return 0;
}

// clang-format off
//      CHECK: Function: make (1 call, 10 allocations, peak 1000 B, kept 300 B)
//      CHECK: 12 1000 B 1000 B 10 10 0 1000 B 0 B 100 B 300 B blocks[i]
