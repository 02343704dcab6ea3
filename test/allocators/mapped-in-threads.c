// With track=heap,mmap, four threads that map, remap and unmap at once: exact
// sums, also outside marked functions with scope=process, and a ThreadSanitizer
// that finds nothing to say.
//
// clang-format off
// RUN: LEVELS="O0 O2" PEAK_RACES=1 CFLAGS=-pthread OPTIONS=track=heap,mmap:scope=process:columns=maps,mapped,unmaps,unmapped %every_level %s | FileCheck %s
// RUN: %mclang -g -O1 -pthread -fsanitize=thread %s -o %t
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=track=heap,mmap:unit=B:scope=process:columns=maps,mapped,unmaps,unmapped setarch -R %t 2>&1 | FileCheck --check-prefixes=TSAN %s
// clang-format on
#define _GNU_SOURCE
#include "memprof.h"
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { PAGE = 4096, TURNS = 100, PLACES = 64, THREADS = 4 };

static char *pages(size_t count) {
  char *p =
      mmap(NULL, count * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED)
    abort();
  return p;
}

MEMPROF_PROFILE void map(void) {
  char *p[PLACES];
  for (int turn = 0; turn < TURNS; turn++) {
    for (int i = 0; i < PLACES; i++)
      p[i] = pages(3);
    for (int i = 0; i < PLACES; i++)
      p[i] = mremap(p[i], 3 * PAGE, 5 * PAGE, MREMAP_MAYMOVE);
    for (int i = 0; i < PLACES; i++)
      munmap(p[i], 5 * PAGE);
  }
}

static void *run(void *unused) {
  map();
  return unused;
}

int main(void) {
  pthread_t threads[THREADS];
  munmap(pages(1), PAGE);
  for (int i = 0; i < THREADS; i++)
    if (pthread_create(&threads[i], NULL, run, NULL))
      abort();
  for (int i = 0; i < THREADS; i++)
    pthread_join(threads[i], NULL);
  return 0;
}

// 4 threads, 100 turns, 64 places: 25,600 of each; 3 pages are 12,288 bytes.
// CHECK: {{ }}25600{{ +}}314572800 B{{ +}}0{{ +}}0 B{{ +}}p[i] = pages(3);
// CHECK: {{ }}25600{{ +}}524288000 B{{ +}}25600{{ +}}314572800 B{{ +}}p[i] = mremap(
// CHECK: {{ }}0{{ +}}0 B{{ +}}25600{{ +}}524288000 B{{ +}}munmap(
// CHECK: {{ }}1{{ +}}4096 B{{ +}}1{{ +}}4096 B{{ +}}(outside marked functions)
//
// TSAN-NOT: WARNING
// TSAN: {{ }}25600{{ +}}314572800 B{{ +}}0{{ +}}0 B{{ +}}p[i] = pages(3);
// TSAN: {{ }}25600{{ +}}524288000 B{{ +}}25600{{ +}}314572800 B{{ +}}p[i] = mremap(
// TSAN: {{ }}0{{ +}}0 B{{ +}}25600{{ +}}524288000 B{{ +}}munmap(
// TSAN-NOT: WARNING
