// Threads apart in a forked child: its new thread goes on with the numbers of
// its parent's, which did nothing here. In a record that its parent's threads
// had, it is the first of this process.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: for level in O0 O2; do \
// RUN:   %mclang -g -$level %s -o $level && for threads in yes no; do \
// RUN:     mkdir $level.$threads && env PROFILE_MEMORY=1 \
// RUN:       PROFILE_MEMORY_OPTIONS=stream=none:threads=$threads:output=$level.$threads/o.mprof \
// RUN:       ./$level && mv $level.$threads/o.*.mprof $level.$threads/child && \
// RUN:     %memprof report --unit B --threads $level.$threads/child > child && \
// RUN:     %memprof report --unit B --threads $level.$threads/o.mprof > parent && \
// RUN:     FileCheck --check-prefix=CHILD-$threads %s < child && \
// RUN:     FileCheck --check-prefix=PARENT-$threads %s < parent || exit 1; \
// RUN:   done || exit 1; \
// RUN: done
#include "memprof.h"
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void *volatile kept;

MEMPROF_PROFILE void *work(void *size) {
  kept = malloc((size_t)size);
  return NULL;
}

static void in_thread(size_t size) {
  pthread_t thread;
  pthread_create(&thread, NULL, work, (void *)size);
  pthread_join(thread, NULL);
}

int main(void) {
  int status;
  work((void *)1);
  in_thread(10);
  in_thread(100);
  pid_t child = fork();
  if (child == 0) {
    work((void *)2);
    in_thread(20);
    exit(0);
  }
  return waitpid(child, &status, 0) != child || status != 0;
}

// clang-format off
//     PARENT-yes: Function: work (thread 1, 1 call, 1 allocation, peak 1 B, kept 1 B)
//     PARENT-yes: Function: work (thread 2, 1 call, 1 allocation, peak 10 B, kept 10 B)
//     PARENT-yes: Function: work (thread 3, 1 call, 1 allocation, peak 100 B, kept 100 B)
// PARENT-yes-NOT: Function:
//      CHILD-yes: Function: work (thread 1, 1 call, 1 allocation, peak 2 B, kept 2 B)
//      CHILD-yes: Function: work (thread 4, 1 call, 1 allocation, peak 20 B, kept 20 B)
//  CHILD-yes-NOT: Function:

//      PARENT-no: Function: work (thread 1, 1 call, 1 allocation, peak 1 B, kept 1 B)
//      PARENT-no: Function: work (thread 2 and 1 after it, 2 calls, 2 allocations, peak 100 B, kept 110 B)
//  PARENT-no-NOT: Function:
//       CHILD-no: Function: work (thread 1, 1 call, 1 allocation, peak 2 B, kept 2 B)
//       CHILD-no: Function: work (thread 2, 1 call, 1 allocation, peak 20 B, kept 20 B)
//   CHILD-no-NOT: Function:
