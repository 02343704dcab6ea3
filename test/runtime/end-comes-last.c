// What runs at the program's end still counts: atexit handlers, destructors and
// those of a library.
//
// clang-format off
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: %mclang -g -O0 -shared -fPIC -DLIBRARY %s -o libother.so
// RUN: %mclang -g -O0 %s -o late -L. -lother -Wl,-rpath,'$ORIGIN'
// RUN: env PROFILE_MEMORY=1 ./late 2>&1 | FileCheck %s
// RUN: %mclang -g -O0 -static %s -DALONE -o late-static
// RUN: env PROFILE_MEMORY=1 ./late-static 2>&1 | FileCheck --check-prefix=STATIC %s
// clang-format on
#include "memprof.h"
#include <stdlib.h>

#ifdef LIBRARY

MEMPROF_PROFILE void of_the_library(void) { free(malloc(10)); }

__attribute__((destructor)) static void at_unload(void) { of_the_library(); }

#else

MEMPROF_PROFILE void work(void) { free(malloc(1000)); }
void of_the_library(void);
#ifdef ALONE
void of_the_library(void) {}
#endif

__attribute__((destructor)) static void at_end(void) { work(); }

int main(void) {
  atexit(work);
  work();
  of_the_library();
  return 0;
}

#endif

// CHECK-DAG: Function: work (3 calls, 3 allocations
// CHECK-DAG: Function: of_the_library (2 calls, 2 allocations
// STATIC: Function: work (3 calls, 3 allocations
