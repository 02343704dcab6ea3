// clang-format off
// A fully static program is counted, too: calls made by libc's own functions included.
// RUN: %mclang -g -O1 -static %s -o %t 2>&1 | count 0
// RUN: %t > %t.out 2>&1 && count 0 < %t.out
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B:columns=all %t 2>&1 | FileCheck %s
// RUN: file -b %t | grep 'statically linked'
#include "memprof.h"
#include <stdlib.h>
#include <string.h>

MEMPROF_PROFILE char *copy(const char *text) {
  char *grown = realloc(malloc(10), 20);
  free(grown);
  return strdup(text);
}

int main(void) {
  free(copy("twelve bytes"));
  return 0;
}

// clang-format off
//      CHECK: Function: copy (1 call, 3 allocations, peak 20 B, kept 0 B)
//      CHECK: 12 20 B 20 B 1 2 1 30 B 10 B 20 B 0 B char *grown
// CHECK-NEXT: 13 0 B -20 B 1 0 1 0 B 20 B 0 B 0 B free(grown)
// CHECK-NEXT: 14 13 B 13 B 1 1 0 13 B 0 B 13 B 0 B return strdup
