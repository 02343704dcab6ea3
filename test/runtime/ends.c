// The report is there once, after whichever end, and the exit status is the
// program's own.
//
// clang-format off
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir && %mclang -g -O0 -pthread %s -o ends
// RUN: %mclang -g -O0 -pthread -static %s -o ends-static
// RUN: for program in ./ends ./ends-static; do \
// RUN: for end in return exit thread-exit pthread_exit _exit _Exit quick_exit abort; do \
// RUN:   expected=7; \
// RUN:   [ $end != abort ] || expected=134; \
// RUN:   [ $end != pthread_exit ] || expected=0; \
// RUN:   status=0; env PROFILE_MEMORY=1 $program $end > out 2> err || status=$?; \
// RUN:   echo "$program $end: $status"; \
// RUN:   [ $status = $expected ] || exit 1; \
// RUN:   grep -c 'Function: work (1 call, 1 allocation' err | grep -x 1 || exit 1; \
// RUN:   status=0; $program $end > out 2> err || status=$?; \
// RUN:   [ $status = $expected ] && not grep memprof: err || exit 1; \
// RUN: done; done
//
// Ends that run no handlers do not flush the program's streams, and neither do
// we: what it had not written stays unwritten.
// RUN: env PROFILE_MEMORY=1 ./ends _exit > out 2> err || not grep buffered out
// RUN: env PROFILE_MEMORY=1 ./ends return > out 2> err || grep buffered out
// clang-format on
#define _GNU_SOURCE
#include "memprof.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

MEMPROF_PROFILE void work(void) { free(malloc(1000)); }

static void *exit_here(void *unused) {
  (void)unused;
  exit(7);
}

int main(int argc, char **argv) {
  const char *end = argc > 1 ? argv[1] : "";
  pthread_t thread;
  printf("buffered\n");
  work();
  if (strcmp(end, "exit") == 0)
    exit(7);
  if (strcmp(end, "_exit") == 0)
    _exit(7);
  if (strcmp(end, "_Exit") == 0)
    _Exit(7);
  if (strcmp(end, "quick_exit") == 0)
    quick_exit(7);
  if (strcmp(end, "abort") == 0)
    abort();
  if (strcmp(end, "pthread_exit") == 0)
    pthread_exit(NULL);
  if (strcmp(end, "thread-exit") == 0) {
    pthread_create(&thread, NULL, exit_here, NULL);
    pthread_join(thread, NULL);
  }
  return 7;
}
