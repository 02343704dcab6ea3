// memprof_enable, memprof_disable, memprof_is_active: they beat environment and
// ini, and the options still come from there.
//
// clang-format off
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir && %mclang -g -O0 %s -o api
// RUN: ./api 2>&1 | FileCheck %s
// RUN: env PROFILE_MEMORY=0 PROFILE_MEMORY_OPTIONS=unit=B ./api 2>&1 | FileCheck --check-prefixes=CHECK,BYTES %s
// RUN: printf '[profile]\nenable = false\nunit = B\n' > profile_config.ini
// RUN: ./api 2>&1 | FileCheck --check-prefixes=CHECK,BYTES %s
// RUN: env PROFILE_MEMORY=1 ./api 2>&1 | FileCheck --check-prefix=AWAKE %s
// clang-format on
#include "memprof.h"
#include <stdio.h>
#include <stdlib.h>

static void *before;

MEMPROF_PROFILE void work(int size) {
  void *block = malloc(size);
  free(before);
  before = block;
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  before = malloc(5);
  printf("active %d\n", memprof_is_active());
  memprof_disable();
  work(1);
  int enabled = memprof_enable();
  printf("enabled %d, active %d\n", enabled, memprof_is_active());
  work(10);
  work(100);
  enabled = memprof_enable();
  printf("again %d\n", enabled);
  memprof_disable();
  printf("active %d\n", memprof_is_active());
  work(1000);
  work(10000);
  enabled = memprof_enable();
  printf("enabled %d\n", enabled);
  work(20);
  free(before);
  return 0;
}

// Three calls, of 10, 100 and 20 bytes; the block of 1 was from before; those
// of 10 and 20 were released while active, that of 100 while disabled.
//  CHECK: {{^}}active 0
//  CHECK: {{^}}enabled 1, active 1
//  CHECK: {{^}}again 1
//  CHECK: {{^}}active 0
//  CHECK: {{^}}enabled 1
//  CHECK: Function: work (3 calls, 3 allocations,
//  BYTES: kept 0 B)
//  AWAKE: {{^}}active 1
//  AWAKE: {{^}}active 0
//  AWAKE: Function: work (3 calls, 3 allocations,
