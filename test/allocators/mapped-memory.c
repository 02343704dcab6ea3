// Memory that the program maps itself is not heap: mmap, mremap and munmap
// count for nothing, neither as blocks nor in the peak. With track=heap,mmap
// they count in columns of their own, in whole pages, and the heap's numbers
// stay what they are.
//
// clang-format off
// RUN: LEVELS="O0 O2" %every_level %s | FileCheck --check-prefixes=CHECK,HEAP %s
// RUN: LEVELS="O0 O2" OPTIONS=track=heap,mmap %every_level %s | FileCheck --check-prefixes=CHECK,TRACK %s
// RUN: LEVELS="O0 O2" OPTIONS=track=heap,mmap:columns=maps,mapped,unmaps,unmapped %every_level %s | FileCheck --check-prefixes=COUNT %s
// RUN: LEVELS="O0 O2" CFLAGS=-static OPTIONS=track=heap,mmap:columns=maps,mapped,unmaps,unmapped %every_level %s | FileCheck --check-prefixes=COUNT %s
//
// Kept in a file, and added up.
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir && %mclang -g -O0 %s -o map
// RUN: for run in a b; do env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=track=heap,mmap:stream=none:output=$run.mprof ./map || exit 1; done
// RUN: %memprof report a.mprof --unit B --columns maps,mapped,unmaps,unmapped | FileCheck --check-prefix=COUNT %s
// RUN: %memprof merge -o both.mprof a.mprof b.mprof && %memprof report both.mprof --unit B --columns maps,mapped,unmaps,unmapped | FileCheck --check-prefix=BOTH %s
// clang-format on
#define _GNU_SOURCE
#include "memprof.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { PAGE = 4096, ALL = PROT_READ | PROT_WRITE };

static char *pages(char *at, size_t size, int more) {
  char *p = mmap(at, size, ALL, MAP_PRIVATE | MAP_ANONYMOUS | more, -1, 0);
  return p == MAP_FAILED ? NULL : p;
}

static void check(int holds) {
  if (!holds)
    abort();
}

static char *early;

MEMPROF_PROFILE void inner(char **p) {
  *p = pages(NULL, 10 * PAGE - 1, 0); //
}

MEMPROF_PROFILE void map(void) {
  char *p;
  inner(&p);
  munmap(p + 4 * PAGE, PAGE); // a hole
  munmap(p, 10 * PAGE);       // all but the hole
  p = pages(NULL, 4 * PAGE, 0);
  pages(p + PAGE, PAGE, MAP_FIXED); // one instead of another
  p = mremap(p, PAGE, 8 * PAGE, MREMAP_MAYMOVE);
  munmap(early, PAGE); // nobody counted it
  errno = 0;
  check(munmap(p + 1, PAGE) == -1 && errno == EINVAL);
  check(!pages(NULL, 0, 0) && errno == EINVAL);
  free(malloc(10));
}

int main(void) {
  early = pages(NULL, PAGE, 0);
  map();
  return 0;
}

// CHECK: memprof: process peak 10 B
// CHECK: Function: inner (1 call, 0 allocations, peak 0 B, kept 0 B)
// CHECK: Function: map (1 call, 1 allocation, peak 10 B, kept 0 B)
// HEAP:  Line #    Mem usage    Increment  Occurrences      Allocs       Frees        Bytes        Freed         Peak         Kept   Line Contents
// TRACK: Line #    Mem usage    Increment  Occurrences      Allocs       Frees        Bytes        Freed         Peak         Kept       Mapped     Unmapped   Line Contents
//
// COUNT: Function: inner
// COUNT: 1{{ +}}40960 B{{ +}}0{{ +}}0 B{{ +}}*p = pages(NULL, 10 * PAGE - 1, 0);
// COUNT: Function: map
// COUNT: 1{{ +}}40960 B{{ +}}0{{ +}}0 B{{ +}}inner(&p);
// COUNT-NEXT: 0{{ +}}0 B{{ +}}1{{ +}}4096 B{{ +}}munmap(p + 4 * PAGE, PAGE);
// COUNT-NEXT: 0{{ +}}0 B{{ +}}1{{ +}}36864 B{{ +}}munmap(p, 10 * PAGE);
// COUNT-NEXT: 1{{ +}}16384 B{{ +}}0{{ +}}0 B{{ +}}p = pages(NULL, 4 * PAGE, 0);
// COUNT-NEXT: 1{{ +}}4096 B{{ +}}1{{ +}}4096 B{{ +}}pages(p + PAGE, PAGE, MAP_FIXED);
// COUNT-NEXT: 1{{ +}}32768 B{{ +}}1{{ +}}4096 B{{ +}}p = mremap(
// COUNT-NEXT: 0{{ +}}0 B{{ +}}0{{ +}}0 B{{ +}}munmap(early, PAGE);
// COUNT-NEXT: 0{{ +}}0 B{{ +}}0{{ +}}0 B{{ +}}errno = 0;
// COUNT-NEXT: 0{{ +}}0 B{{ +}}0{{ +}}0 B{{ +}}check(munmap(
// COUNT-NEXT: 0{{ +}}0 B{{ +}}0{{ +}}0 B{{ +}}check(!pages(
// COUNT-NEXT: 0{{ +}}0 B{{ +}}0{{ +}}0 B{{ +}}free(malloc(10));
//
// BOTH: Function: inner
// BOTH: 2{{ +}}81920 B{{ +}}0{{ +}}0 B{{ +}}*p = pages(
// BOTH: Function: map
// BOTH: 2{{ +}}81920 B{{ +}}0{{ +}}0 B{{ +}}inner(&p);
// BOTH: 2{{ +}}65536 B{{ +}}2{{ +}}8192 B{{ +}}p = mremap(
