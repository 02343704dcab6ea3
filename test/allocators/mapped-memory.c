// Memory that the program maps itself is not heap: mmap, mremap and munmap
// count for nothing, neither as blocks nor in the peak. The option that would
// count them does not exist, and says so.
//
// RUN: LEVELS="O0 O2" %every_level %s | FileCheck %s
// RUN: LEVELS="O0" OPTIONS=track=heap,mmap %every_level %s \
// RUN:   | FileCheck --check-prefixes=TRACK,CHECK %s
#define _GNU_SOURCE
#include "memprof.h"
#include <stdlib.h>
#include <sys/mman.h>

enum { SIZE = 1 << 20 };

MEMPROF_PROFILE void map(void) {
  char *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED)
    abort();
  p = mremap(p, SIZE, 2 * SIZE, MREMAP_MAYMOVE);
  munmap(p, SIZE / 2);
  munmap(p + SIZE / 2, 2 * SIZE - SIZE / 2);
  free(malloc(10));
}

int main(void) {
  map();
  return 0;
}

// TRACK: memprof: PROFILE_MEMORY_OPTIONS: unknown key 'track'
// CHECK: memprof: process peak 10 B
// CHECK: Function: map (1 call, 1 allocation, peak 10 B, kept 0 B)
