// A sanitizer that finds a bug, or leaks at exit, ends the process by a system
// call: the report stands all the same, and the exit status is the sanitizer's.
//
// RUN: %mclang -g -O1 -fsanitize=address %s -o %t.asan
// RUN: %mclang -g -O1 -fsanitize=leak %s -o %t.lsan
// RUN: %mclang -g -O1 -fsanitize=undefined -fno-sanitize-recover=all %s \
// RUN:   -o %t.ubsan
// RUN: export PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B; fixed=; \
// RUN:   ! setarch -R true || fixed='setarch -R'; \
// RUN:   $fixed %t.asan leak > %t.1 2>&1; test $? = 1 || exit 1; \
// RUN:   $fixed %t.lsan leak > %t.2 2>&1; test $? = 23 || exit 1; \
// RUN:   $fixed %t.asan use > %t.3 2>&1; test $? = 1 || exit 1; \
// RUN:   $fixed %t.ubsan add > %t.4 2>&1; test $? = 1
// RUN: FileCheck --check-prefixes=LEAK,BOTH %s < %t.1
// RUN: FileCheck --check-prefixes=LEAK,BOTH %s < %t.2
// RUN: FileCheck --check-prefixes=USE,BOTH %s < %t.3
// RUN: FileCheck --check-prefixes=ADD,BOTH %s < %t.4
#include "memprof.h"
#include <limits.h>
#include <stdlib.h>

static char *volatile block;

MEMPROF_PROFILE __attribute__((noinline)) int allocate(void) {
  for (int i = 0; i < 20; i++) // a leak is not seen where a register points
    block = malloc(50);
  return block[0] = 1;
}

int main(int argc, char **argv) {
  int n = allocate();
  switch (argc > 1 ? argv[1][0] : 0) {
  case 'l': // leak
    block = NULL;
    return 0;
  case 'u': // use after free
    free(block);
    return block[0];
  default: // add too much
    free(block);
    return INT_MAX + n > 0;
  }
}

// clang-format off
// LEAK: SUMMARY: {{.*}}Sanitizer: {{.*}} byte(s) leaked in
// USE: SUMMARY: AddressSanitizer: heap-use-after-free
// ADD: runtime error: signed integer overflow
// BOTH: Function: allocate (1 call, 20 allocations, peak 1000 B, kept
// BOTH: 1000 B 1000 B 20 block = malloc
