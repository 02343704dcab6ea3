// A server: 1,000 children, up to 20 at a time, each with a profile of its own,
// none overwritten, and the parent's numbers exact.
//
// RUN: %mclang -g -O2 %s -o %t
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: env PROFILE_MEMORY=1 \
// RUN:   PROFILE_MEMORY_OPTIONS=stream=none:output=%%p.mprof %t > %t.parent
// RUN: ls | count 1001
//
// Each child has served one request, of a size of its own; `accepts` has a peak
// in the parent (64 B) and none in the children, whose call it is not.
// RUN: for file in *.mprof; do \
// RUN:   %memprof report --unit=B $file; \
// RUN: done | grep -o 'Function: .*' | sort > %t.all
// RUN: grep -c 'Function: serve (1 call, 1 allocation,' %t.all | grep -x 1000
// RUN: grep -o 'peak [0-9]* B, kept 0 B' %t.all | sort -u | count 1002
// RUN: %memprof report --unit=B $(cat %t.parent).mprof | FileCheck %s
// CHECK: Function: accepts (1 call, 1000 allocations, peak 64 B, kept 0 B)
// CHECK: 64 B 64000 B 1000 {{.*}}malloc(64);
// CHECK: not executed:
// CHECK-NEXT: serve
#include "memprof.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILDREN = 1000, AT_ONCE = 20 };

MEMPROF_PROFILE void serve(size_t size) {
  void *volatile block = malloc(size);
  free(block);
}

MEMPROF_PROFILE int accepts(void) {
  int running = 0, failed = 0;
  for (int i = 1; i <= CHILDREN; i++) {
    void *volatile connection = malloc(64);
    pid_t child = fork();
    if (child == 0) {
      serve((size_t)i * 1000);
      _exit(0);
    }
    free(connection);
    if (child < 0)
      return 1;
    if (++running == AT_ONCE) {
      int status = 1;
      wait(&status);
      failed |= status;
      running--;
    }
  }
  for (int status = 1; running > 0; running--) {
    wait(&status);
    failed |= status;
  }
  return failed;
}

int main(void) {
  printf("%d\n", getpid());
  fflush(stdout);
  return accepts();
}
