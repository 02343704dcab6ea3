// memprof_alloc and memprof_free tell of blocks where no mark can: any address,
// any thread's, NULL too. Asleep they do nothing; without the runtime they link
// to nothing; without MEMPROF_ENABLED they are not there.
//
// clang-format off
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: LEVELS="O0 O2" %every_level %s | FileCheck %s
// RUN: %mclang -g -O2 %s -o asleep && ./asleep 2>&1 | count 0
// RUN: %clang -DMEMPROF_ENABLED -Werror -Wall -Wextra -pedantic -std=c11 -I %inc %s -o without-runtime && ./without-runtime
// RUN: %host_cc -DMEMPROF_ENABLED -Werror -Wall -Wextra -pedantic -std=c11 -I %inc %s -o with-gcc && ./with-gcc
// RUN: %clang -Werror -Wall -Wextra -pedantic -std=c11 -I %inc -c %s -o production.o
// RUN: nm production.o | not grep -i memprof
// clang-format on
#include "memprof.h"

static char memory[256];

MEMPROF_PROFILE void tell(void) {
  memprof_alloc(memory, 100);
  memprof_alloc(memory + 100, 28); // at 4 modulo 8
  memprof_alloc((void *)0, 10);
  memprof_free(memory);
  memprof_free(memory); // gone already
  memprof_free((void *)0);
}

int main(void) {
  memprof_alloc(memory + 200, 5); // outside: not counted
  tell();
  memprof_free(memory + 100);
  memprof_free(memory + 200);
  return 0;
}

// clang-format off
//      CHECK: Function: tell (1 call, 2 allocations, peak 128 B, kept 0 B)
//      CHECK: 19 100 B 100 B 1 1 0 100 B 0 B 100 B 0 B memprof_alloc(memory, 100);
// CHECK-NEXT: 20 128 B 28 B 1 1 0 28 B 0 B 28 B 0 B memprof_alloc(memory + 100
// CHECK-NEXT: 21 128 B 0 B 1 0 0 0 B 0 B 0 B 0 B memprof_alloc((void *)0
// CHECK-NEXT: 22 28 B -100 B 1 0 1 0 B 100 B 0 B 0 B memprof_free(memory);
// CHECK-NEXT: 23 28 B 0 B 1 0 0 0 B 0 B 0 B 0 B memprof_free(memory);
