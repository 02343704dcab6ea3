// A library before libc that has a malloc but no free: its blocks count, those
// of libc's other functions too.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: %clang -g -O2 -fPIC -shared -DLIBRARY %s -o libpassing.so
// RUN: for level in O0 O2; do \
// RUN:   %mclang -g -$level %s -o program || exit 1; \
// RUN:   env LD_PRELOAD=$PWD/libpassing.so PROFILE_MEMORY=1 \
// RUN:     PROFILE_MEMORY_OPTIONS=unit=B:columns=all ./program 2>&1 \
// RUN:     | FileCheck %s || exit 1; \
// RUN: done
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>

#ifdef LIBRARY
void *malloc(size_t size) {
  static void *(*next)(size_t);
  if (!next)
    next = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
  return next(size);
}
#else
static void *volatile block;

// CHECK-NOT: memprof: calls of
// CHECK: Function: allocate (1 call, 3 allocations, peak 600 B, kept 0 B)
__attribute__((annotate("profile"))) void allocate(void) {
  block = malloc(100);
  block = realloc(block, 200);
  void *first = block;
  block = calloc(4, 100);
  free(first);
  free(block);
}

int main(void) {
  allocate();
  return 0;
}
#endif
