// A fork in the middle of two functions that call each other: in the child the
// visits of the calls from before go on, and Peak counts from the fork, however
// often they are called again further in.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: %mclang -g -O0 %s -o program
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=stream=none:output=profile \
// RUN:   ./program
// RUN: %memprof report --unit B --columns all profile.* | FileCheck %s
#include "memprof.h"
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void *volatile kept[2];
static void inner(int depth);

MEMPROF_PROFILE void outer(int depth) {
  int times = depth ? 2 : 1;
  if (depth == 2) {
    kept[1] = malloc(8);
    free(kept[1]);
    return;
  }
  if (depth == 1) {
    if (fork()) {
      wait(NULL);
      return;
    }
    kept[0] = malloc(50);
  }
  while (times--)
    inner(depth);
}

MEMPROF_PROFILE static void inner(int depth) {
  depth++;
  outer(depth);
}

int main(void) {
  outer(0);
  return 0;
}

// The columns: Mem usage, Increment, Occurrences (inner's first arrival was the
// parent's), Allocs, Frees, Bytes, Freed, Peak, Kept. While 50 are kept, 8 come
// and go twice.
//
// clang-format off
// CHECK: Function: inner (2 calls, 3 allocations
// CHECK: 38 50 B 50 B 2 3 2 66 B 16 B 58 B 50 B outer(depth);
