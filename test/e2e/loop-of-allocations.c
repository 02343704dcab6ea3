// A loop of 3 x 8,000,000 bytes: the line's Increment is 24,000,000 exactly.
//
// RUN: %every_level %s | FileCheck %s
#include "memprof.h"
#include <stdlib.h>

MEMPROF_PROFILE void fill(char **blocks) {
  for (int i = 0; i < 3; i++)
    blocks[i] = malloc(8000000);
}

int main(void) {
  char *blocks[3];
  fill(blocks);
  for (int i = 0; i < 3; i++)
    free(blocks[i]);
  return 0;
}

// clang-format off
//      CHECK: Function: fill (1 call, 3 allocations, peak 24000000 B, kept 0 B)
//      CHECK: Line # Mem usage Increment Occurrences Allocs Frees Bytes Freed Peak Kept Line Contents
//      CHECK: 7 0 B 0 B 1 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void fill
// CHECK-NEXT: 8 0 B 0 B 4 0 0 0 B 0 B 0 B 0 B for (int i
// CHECK-NEXT: 9 24000000 B 24000000 B 3 3 0 24000000 B 0 B 8000000 B 0 B blocks[i] = malloc
// CHECK-NEXT: 10 24000000 B 0 B 1 0 0 0 B 0 B 0 B 0 B }
