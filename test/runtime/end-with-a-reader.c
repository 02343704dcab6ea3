// A thread that waits for input holds stdin's lock. The program ends all the
// same, and its buffered output comes before the report.
//
// clang-format off
// RUN: %mclang -g -O0 -pthread %s -o %t && rm -f %t.fifo && mkfifo %t.fifo
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=stream=stdout timeout 60 %t <> %t.fifo > %t.out
// RUN: FileCheck %s < %t.out
// clang-format on
#include "memprof.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void *read_input(void *unused) {
  getchar();
  return unused;
}

MEMPROF_PROFILE void work(void) { free(malloc(1000)); }

int main(void) {
  pthread_t reader;
  pthread_create(&reader, NULL, read_input, NULL);
  while (ftrylockfile(stdin) == 0) {
    funlockfile(stdin);
    usleep(1000);
  }
  work();
  printf("the program's own output\n");
  return 0;
}

// CHECK: {{^}}the program's own output
// CHECK: Function: work (1 call
