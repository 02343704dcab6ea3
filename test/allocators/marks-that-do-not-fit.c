// A mark of an allocator that does not fit its function is an error where it
// stands.
//
// clang-format off
// RUN: not %mclang -g -O0 -c %s -o %t.o 2> %t.txt && FileCheck %s < %t.txt
// clang-format on
#include "memprof.h"
#include <stddef.h>

void *memory;
int number;

// CHECK: marks-that-do-not-fit.c:[[#@LINE+1]]:{{.*}} profile_alloc on 'no_size': say which argument is the size, as in MEMPROF_ALLOC(1)
MEMPROF_ALLOC(2) void *no_size(size_t size) { return size ? memory : NULL; }

// CHECK: marks-that-do-not-fit.c:[[#@LINE+1]]:{{.*}} profile_alloc on 'no_block': it returns no pointer
MEMPROF_ALLOC(1) int no_block(size_t size) { return (int)size; }

// CHECK: marks-that-do-not-fit.c:[[#@LINE+1]]:{{.*}} profile_free on 'no_pointer': say which argument is the block, as in MEMPROF_FREE(1)
MEMPROF_FREE(1) void no_pointer(int size) { number = size; }

// Without a number the only argument that fits is meant.
__attribute__((annotate("profile_alloc"))) void *one(void *from, int size) {
  return size ? from : NULL;
}
__attribute__((annotate("profile_free"))) void one_back(void *p, int size) {
  number = p ? size : 0;
}

// CHECK: marks-that-do-not-fit.c:[[#@LINE+1]]:{{.*}} profile_alloc on 'two': say which
__attribute__((annotate("profile_alloc"))) void *two(int size, int other) {
  return size > other ? memory : NULL;
}
// CHECK-NOT: error: profile
