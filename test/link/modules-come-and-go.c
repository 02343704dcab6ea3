// dlopen, dlclose and dlopen again of an instrumented module: its functions keep
// their names and counters after it is gone, and a block that outlives it still
// counts as kept by its line.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: for level in 0 2; do \
// RUN:   %mclang -g -O$level -fPIC -shared -DMODULE %s -o module.so && \
// RUN:   %mclang -g -O$level %s -o program && \
// RUN:   ./program > asleep 2>&1 && count 0 < asleep && \
// RUN:   env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B:columns=all \
// RUN:     ./program 2> err && FileCheck %s < err || exit 1; done
// RUN: nm -D --undefined-only module.so | grep __memprofpass_register
#include "memprof.h"
#include <dlfcn.h>
#include <stdlib.h>

#ifdef MODULE
MEMPROF_PROFILE void *module_work(int size) {
  free(malloc(7));
  return malloc(size);
}
#else

static void *use(int size) {
  void *module = dlopen("./module.so", RTLD_NOW);
  void *(*work)(int) = (void *(*)(int))dlsym(module, "module_work");
  void *block = work(size);
  if (dlclose(module) != 0 || dlopen("./module.so", RTLD_NOW | RTLD_NOLOAD))
    abort(); // it must be gone
  return block;
}

MEMPROF_PROFILE int main_part(void *first) {
  free(first);
  return 0;
}

int main(void) {
  void *first = use(100);
  void *volatile second = use(200);
  for (int i = 0; i < 20; i++) // in a process of many modules
    free(use(1));
  return main_part(first) + (second == NULL);
}
#endif

// clang-format off
//     CHECK: Function: module_work (22 calls, 44 allocations, peak 200 B, kept 200 B)
//     CHECK: 19 {{.*}} 0 B 22 22 22 154 B 154 B 7 B 0 B free(malloc(7))
// CHECK-NEXT: 20 {{.*}} 320 B 22 22 0 320 B 0 B 200 B 200 B return malloc(size)
// CHECK-NOT: Function: module_work
//     CHECK: Function: main_part (1 call, 0 allocations
//     CHECK: 34 {{.*}} -100 B 1 0 1 0 B 100 B 0 B 0 B free(first)
