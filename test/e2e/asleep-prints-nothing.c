// Asleep: an instrumented program prints nothing of ours, opens no file of ours
// for writing, and its numbers of system calls that touch files differ from the
// bare program's only by the look for the ini and our library.
//
// RUN: %mclang -g -O1 %s -o %t && rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: strace -f -o %t.trace %t > %t.out 2>&1
// RUN: FileCheck --check-prefix=OUT --implicit-check-not={{.}} %s < %t.out
// RUN: not grep -E 'O_(WRONLY|RDWR|CREAT)' %t.trace
// RUN: grep -E 'open(at)?\(.*profile_config.ini' %t.trace | count 1
// RUN: ls %t.dir | count 0
#include "memprof.h"
#include <stdio.h>
#include <stdlib.h>

MEMPROF_PROFILE void *work(void) { return malloc(100); }

int main(void) {
  free(work());
  puts("the program's own line");
  return 0;
}

// OUT: {{^}}the program's own line{{$}}
