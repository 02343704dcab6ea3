// A static inline function of a header, used in two files that know the header
// by different names, has one table.
//
// RUN: rm -rf %t.dir && mkdir -p %t.dir/inc %t.dir/b && cd %t.dir
// RUN: grep -v '^//' %s >inc/put.h
// RUN: echo '#include "../inc/put.h"' >b/b.c
// RUN: echo 'void b(void) { put(20); }' >>b/b.c
// RUN: echo '#include "inc/put.h"' >a.c
// RUN: echo 'void b(void); int main(void) { put(100); b(); put(3); }' >>a.c
// RUN: %mclang -g -c a.c && cd b && %mclang -g -c b.c && cd ..
// RUN: %mclang a.o b/b.o -o test
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B ./test 2>&1 \
// RUN:   | FileCheck --implicit-check-not=Function: %s
#include "memprof.h"
#include <stdlib.h>

MEMPROF_PROFILE static inline void put(int bytes) {
  void *block = malloc(bytes);
  if (bytes == 3)
    free(block);
}

//      CHECK: Function: put (3 calls, 3 allocations, peak 100 B, kept 120 B)
//      CHECK: {{^}} 4 120 B 0 B 3 MEMPROF_PROFILE static inline void put(int
// CHECK-NEXT: {{^}} 5 123 B 123 B 3 void *block = malloc(bytes);
// CHECK-NEXT: {{^}} 6 123 B 0 B 3 if (bytes == 3)
// CHECK-NEXT: {{^}} 7 120 B -3 B 1 free(block);
