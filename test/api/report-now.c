// memprof_report writes the report of now, where it is told, any number of times.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir && %mclang -g -O1 %s -o program
// RUN: ./program | grep -x 'written: 0 0 0'
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B ./program > out 2> err
// RUN: FileCheck %s < out && FileCheck --check-prefix=ERR %s < err
// RUN: FileCheck --check-prefix=FILE %s < now.txt
#include "memprof.h"
#include <stdio.h>
#include <stdlib.h>

static void *volatile block;

MEMPROF_PROFILE static void work(void) { block = malloc(10); }

int main(void) {
  work();
  // CHECK: Function: work (1 call, 1 allocation, peak 10 B, kept 10 B)
  int to_stdout = memprof_report("stdout");
  work();
  // FILE: Function: work (2 calls, 2 allocations, peak 10 B, kept 20 B)
  int to_file = memprof_report("now.txt");
  // ERR: memprof: cannot write the report to '{{.*}}/no/such.txt': No such file or directory
  // ERR: Function: work (2 calls,
  int to_nowhere = memprof_report("no/such.txt");
  // CHECK: written: 1 1 0
  printf("written: %d %d %d\n", to_stdout, to_file, to_nowhere);
  work();
  return 0;
}
// ERR: Function: work (3 calls, 3 allocations, peak 10 B, kept 30 B)
