// Threads are added up, row by row; with threads=yes each has tables of its
// own, though the next begins when the one before has ended: numbered in the
// order in which they came to a marked function.
//
// RUN: env LEVELS="O0 O2" %every_level %s | FileCheck %s
// RUN: env LEVELS="O0 O2" OPTIONS=threads=yes %every_level %s \
// RUN:   | FileCheck --check-prefix=APART %s
// RUN: env LEVELS=O0 OPTIONS=threads=yes:sort=bytes:top=2 %every_level %s \
// RUN:   | FileCheck --check-prefix=TOP %s
//
// A profile that was written with threads=yes has them apart, and `report` adds
// them up or not. In one that was not, the next thread goes on in the record of
// the one before. A merged profile has them added up, and that is said.
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=threads=yes:output=apart %t.O2
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=output=shared %t.O2
// RUN: %memprof report --unit B --columns all apart | FileCheck %s
// RUN: %memprof report --unit B --columns all --threads apart \
// RUN:   | FileCheck --check-prefix=APART %s
// RUN: %memprof report --unit B --threads shared \
// RUN:   | FileCheck --check-prefix=SHARED %s
// RUN: %memprof report --unit B --threads apart shared > out 2> err
// RUN: grep 'Function: work (6 calls, 6 allocations,' out
// RUN: grep -x "memprof: 'the sum' has the threads of its parts added up" err
#include "memprof.h"
#include <pthread.h>
#include <stdlib.h>

static void *volatile kept;

MEMPROF_PROFILE void start(void) { kept = malloc(5); }

MEMPROF_PROFILE void *work(void *size) {
  free(kept);
  kept = malloc((size_t)size);
  return NULL;
}

MEMPROF_PROFILE void never(void) { kept = NULL; }

int main(int argc, char **argv) {
  (void)argv;
  start();
  for (size_t size = 1; size <= 100; size *= 10) {
    pthread_t thread;
    pthread_create(&thread, NULL, work, (void *)size);
    pthread_join(thread, NULL);
  }
  if (argc > 1)
    never();
  return 0;
}

// clang-format off
//      CHECK: process peak 100 B
//      CHECK: Function: start (1 call, 1 allocation, peak 5 B, kept 0 B)
//      CHECK: Function: work (3 calls, 3 allocations, peak 90 B, kept 100 B)
//      CHECK: 33 0 B 0 B 3 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void *work(void *size) {
// CHECK-NEXT: 34 -10 B -16 B 3 0 3 0 B 16 B 0 B 0 B free(kept);
// CHECK-NEXT: 35 90 B 111 B 3 3 0 111 B 0 B 100 B 100 B kept = malloc((size_t)size);
// CHECK-NEXT: 36 90 B 0 B 3 0 0 0 B 0 B 0 B 0 B return NULL;
//      CHECK: not executed:
// CHECK-NEXT: never (

//      APART: process peak 100 B
//      APART: Function: start (thread 1, 1 call, 1 allocation, peak 5 B, kept 0 B)
//      APART: Function: work (thread 2, 1 call, 1 allocation, peak 0 B, kept 0 B)
//      APART: 33 0 B 0 B 1 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void *work(void *size) {
// APART-NEXT: 34 -5 B -5 B 1 0 1 0 B 5 B 0 B 0 B free(kept);
// APART-NEXT: 35 -4 B 1 B 1 1 0 1 B 0 B 1 B 0 B kept = malloc((size_t)size);
// APART-NEXT: 36 -4 B 0 B 1 0 0 0 B 0 B 0 B 0 B return NULL;
//      APART: Function: work (thread 3, 1 call, 1 allocation, peak 9 B, kept 0 B)
//      APART: 33 0 B 0 B 1 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void *work(void *size) {
// APART-NEXT: 34 -1 B -1 B 1 0 1 0 B 1 B 0 B 0 B free(kept);
// APART-NEXT: 35 9 B 10 B 1 1 0 10 B 0 B 10 B 0 B kept = malloc((size_t)size);
// APART-NEXT: 36 9 B 0 B 1 0 0 0 B 0 B 0 B 0 B return NULL;
//      APART: Function: work (thread 4, 1 call, 1 allocation, peak 90 B, kept 100 B)
//      APART: 33 0 B 0 B 1 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void *work(void *size) {
// APART-NEXT: 34 -10 B -10 B 1 0 1 0 B 10 B 0 B 0 B free(kept);
// APART-NEXT: 35 90 B 100 B 1 1 0 100 B 0 B 100 B 100 B kept = malloc((size_t)size);
// APART-NEXT: 36 90 B 0 B 1 0 0 0 B 0 B 0 B 0 B return NULL;
//  APART-NOT: Function:
//      APART: not executed:
// APART-NEXT: never ({{.*}}:39)
//  APART-NOT: {{[a-z]}}

//  TOP: Function: work (thread 4,
//  TOP: Function: work (thread 3,
//  TOP: 2 more tables were measured, not shown: top=2

// SHARED: Function: start (thread 1, 1 call,
// SHARED: Function: work (thread 2 and 2 after it, 3 calls,
