// A program that would have succeeded fails, whichever way it ends and however it
// is linked; one that fails keeps its own status, and one that is killed its
// signal. Nothing is lost on the way: handlers that were added before and after
// the run woke, destructors, streams.
//
// clang-format off
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: %mclang -g -O0 -pthread %s -o dynamic && %mclang -g -O0 -pthread -static %s -o static
// RUN: for program in ./dynamic ./static; do \
// RUN: for end in return exit thread-exit pthread_exit _exit _Exit quick_exit in-handler; do \
// RUN:   status=0; env PROFILE_MEMORY=1 $program 0 $end > out 2> err || status=$?; \
// RUN:   echo "$program $end: $status"; cat out err; \
// RUN:   [ $status = 97 ] || exit 1; \
// RUN:   FileCheck --check-prefix=BROKEN %s < err || exit 1; \
// RUN:   [ $end = pthread_exit ] && continue; \
// RUN:   status=0; env PROFILE_MEMORY=1 $program 5 $end > out 2> err || status=$?; \
// RUN:   [ $status = 5 ] && not grep "exit status" err && grep "1 limit is broken" err || exit 1; \
// RUN:   status=0; $program 0 $end > out 2> err || status=$?; \
// RUN:   [ $status = 0 ] && count 0 < err || exit 1; \
// RUN: done; done > log 2>&1 || { cat log; exit 1; }
// BROKEN: broken work allocs 1 / 0, 1 too much: in call 1
// BROKEN: memprof: 1 limit is broken
// BROKEN-NEXT: memprof: the exit status is 97, not 0
// BROKEN-NOT: {{.}}
//
// RUN: for program in ./dynamic ./static; do \
// RUN:   rm -f file; env PROFILE_MEMORY=1 $program 0 return > out 2>err; test $? = 97 && FileCheck --check-prefix=OUT %s < out && grep -x "in a file" file || exit 1; \
// RUN:   status=0; env PROFILE_MEMORY=1 $program 0 abort > out 2> err || status=$?; \
// RUN:   [ $status = 134 ] && grep "1 limit is broken" err || exit 1; \
// RUN: done
// OUT: buffered
// OUT-NEXT: handler
// OUT-NEXT: destructor
//
// The profile says how it ended.
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=output=a.mprof ./dynamic 0 return > out 2>&1; test $? = 97
// RUN: %memprof report --meta a.mprof > meta; grep "exit status 97" meta
//
// Under valgrind, which has an allocator of its own.
// RUN: %mclang -g -gdwarf-4 -O0 -pthread %s -o old && env PROFILE_MEMORY=1 valgrind -q ./old 0 return > out 2>&1; test $? = 97
// clang-format on
#define _GNU_SOURCE
#include "memprof.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

MEMPROF_LIMIT("allocs=0") void work(void) { free(malloc(1000)); }

static int status;
static void say(void) { puts("handler"); }
static void end_here(void) { exit(status); }
static void *exit_here(void *unused) {
  (void)unused;
  exit(status);
}

__attribute__((destructor)) static void last(void) { puts("destructor"); }

int main(int argc, char **argv) {
  const char *end = argc > 2 ? argv[2] : "";
  pthread_t thread;
  if (argc < 2)
    return 2;
  status = atoi(argv[1]);
  printf("buffered\n");
  FILE *file = fopen("file", "w");
  if (!file || fprintf(file, "in a file\n") < 0)
    return 2;
  atexit(say);
  work();
  if (strcmp(end, "exit") == 0)
    exit(status);
  if (strcmp(end, "_exit") == 0)
    _exit(status);
  if (strcmp(end, "_Exit") == 0)
    _Exit(status);
  if (strcmp(end, "quick_exit") == 0)
    quick_exit(status);
  if (strcmp(end, "abort") == 0)
    abort();
  if (strcmp(end, "pthread_exit") == 0)
    pthread_exit(NULL);
  if (strcmp(end, "thread-exit") == 0) {
    pthread_create(&thread, NULL, exit_here, NULL);
    pthread_join(thread, NULL);
  }
  if (strcmp(end, "in-handler") == 0) {
    atexit(end_here);
    return 1; /* the last call of exit() counts */
  }
  return status;
}
