// Programs that are started with our environment, or take our place: each has
// its own profile, by %p where that differs, else by a number.
//
// RUN: for level in O0 O2; do \
// RUN:   %mclang -g -$level %s -o %t && rm -rf %t.dir && mkdir %t.dir && \
// RUN:   cd %t.dir && export PROFILE_MEMORY=1 && \
// RUN:   PROFILE_MEMORY_OPTIONS=stream=none:output=%%p.mprof %t spawn 3 && \
// RUN:   PROFILE_MEMORY_OPTIONS=stream=none:output=self.%%p.mprof %t self 3 && \
// RUN:   ls [0-9]*.mprof | count 3 && ls self.*.mprof | count 3 && \
// RUN:   for kind in '[0-9]' self; do \
// RUN:     for file in $kind*.mprof; do \
// RUN:       %memprof report --unit=B $file; \
// RUN:     done 2>&1 | grep -o 'work (.*' | sort > $kind.all && \
// RUN:     FileCheck %s < $kind.all || exit 1; \
// RUN:   done || exit 1; \
// RUN: done
//
// CHECK:      work (1 call, 1 allocation, peak 100 B, kept 0 B)
// CHECK-NEXT: work (1 call, 1 allocation, peak 200 B, kept 0 B)
// CHECK-NEXT: work (1 call, 1 allocation, peak 300 B, kept 0 B)
// CHECK-NOT:  {{.}}
#include "memprof.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

MEMPROF_PROFILE void work(size_t size) {
  void *volatile block = malloc(size);
  free(block);
}

// `spawn N`: a child becomes `spawn N - 1`, while we wait. `self N`: we do.
int main(int argc, char **argv) {
  char less[16];
  int status = 0, left = argc > 2 ? atoi(argv[2]) : 0;
  if (left <= 0)
    return 2;
  work(100u * (size_t)left);
  if (left == 1)
    return 0;
  snprintf(less, sizeof less, "%d", left - 1);
  pid_t child = strcmp(argv[1], "self") == 0 ? 0 : fork();
  if (child == 0) {
    execl(argv[0], argv[0], argv[1], less, (char *)NULL);
    _exit(1);
  }
  return waitpid(child, &status, 0) != child || status;
}
