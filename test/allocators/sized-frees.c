// C23's free_sized and free_aligned_sized are releases, also where the C
// library is older than they are.
//
// RUN: LEVELS="O0 O2" %every_level %s | FileCheck %s
#include "memprof.h"
#include <stdlib.h>

void free_sized(void *block, size_t size);
void free_aligned_sized(void *block, size_t alignment, size_t size);

MEMPROF_PROFILE void sized(void) {
  free_sized(malloc(23), 23);
  free_aligned_sized(aligned_alloc(64, 128), 64, 128);
  free_sized(NULL, 0);
}

int main(void) {
  sized();
  return 0;
}

// clang-format off
//      CHECK: Function: sized (1 call, 2 allocations, peak 128 B, kept 0 B)
//      CHECK: 12 0 B 0 B 1 1 1 23 B 23 B 23 B 0 B free_sized
// CHECK-NEXT: 13 0 B 0 B 1 1 1 128 B 128 B 128 B 0 B free_aligned_sized
// CHECK-NEXT: 14 0 B 0 B 1 0 0 0 B 0 B 0 B 0 B free_sized
