// With track=heap,mmap, what an allocator maps for its blocks is not counted
// beside them; nor is what the runtime maps for itself, nor what a forked child
// unmaps of its parent's. The program's own mapping is.
//
// clang-format off
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: for level in O0 O2; do \
// RUN:   %mclang -g -$level %s -o plain || exit 1; \
// RUN:   sh %S/Inputs/mapped.sh ./plain > $level.txt || exit 1; \
// RUN: for allocator in libjemalloc.so.2 libmimalloc.so.2; do \
// RUN:   echo "$allocator, -$level"; \
// RUN:   LD_PRELOAD=$allocator sh %S/Inputs/mapped.sh ./plain > preloaded.txt || exit 1; \
// RUN:   diff $level.txt preloaded.txt || exit 1; \
// RUN:   %mclang -g -$level %s -l:$allocator -o linked || exit 1; \
// RUN:   sh %S/Inputs/mapped.sh ./linked > linked.txt || exit 1; \
// RUN:   diff $level.txt linked.txt || exit 1; \
// RUN: done; done
// RUN: diff O0.txt O2.txt && FileCheck %s < O0.txt
//
// tcmalloc has an mmap of its own, and does not pass it on.
// RUN: LD_PRELOAD=libtcmalloc_minimal.so.4 sh %S/Inputs/mapped.sh ./plain | FileCheck --check-prefix=BEFORE %s
// BEFORE: {{^}}memprof: calls of 'mmap' do not come to memprof: another library's stands before it, so mappings are not counted{{$}}
// clang-format on
#include "memprof.h"
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, MANY = 200 };

static void *volatile blocks[MANY];
static char *mapping;

MEMPROF_PROFILE void child(void) {
  munmap(mapping, PAGE); // its parent's
  mapping = mmap(NULL, 5 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(mapping, 2 * PAGE);
}

MEMPROF_PROFILE void parent(void) {
  for (int i = 0; i < MANY; i++)
    blocks[i] = malloc((size_t)1 << (i % 24));
  blocks[3] = realloc(blocks[3], 40 << 20);
  mapping = mmap(NULL, 3 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < MANY; i++)
    free(blocks[i]);
}

int main(void) {
  parent();
  if (fork() == 0) {
    child();
    exit(0);
  }
  wait(NULL);
  munmap(mapping, PAGE); // outside
  return 0;
}

// The child's report comes first.
// CHECK:      Function: child
// CHECK:      0 B{{ +}}0 B{{ +}}munmap(mapping, PAGE);
// CHECK-NEXT: 20480 B{{ +}}0 B{{ +}}mapping = mmap(
// CHECK-NEXT: 0 B{{ +}}8192 B{{ +}}munmap(mapping, 2 * PAGE);
// CHECK:      Function: parent
// CHECK:      {{ }}0 B{{ +}}0 B{{ +}}blocks[i] = malloc(
// CHECK-NEXT: {{ }}0 B{{ +}}0 B{{ +}}blocks[3] = realloc(
// CHECK-NEXT: 12288 B{{ +}}0 B{{ +}}mapping = mmap(
// CHECK-NEXT: {{ }}0 B{{ +}}0 B{{ +}}for (
// CHECK-NEXT: {{ }}0 B{{ +}}0 B{{ +}}free(
