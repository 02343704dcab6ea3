// A daemon is the grandchild of the program that was started: each of the three
// counts on its own. The one between counts nothing, so it has no report.
//
// RUN: for level in O0 O2; do \
// RUN:   %mclang -g -$level %s -o %t && rm -rf %t.dir && mkdir %t.dir && \
// RUN:   cd %t.dir && env PROFILE_MEMORY=1 \
// RUN:     PROFILE_MEMORY_OPTIONS=unit=B:stream=%t.dir/report.txt:output=a.mprof \
// RUN:     %t > pid && test $(ls *.txt | wc -l) = 2 && \
// RUN:   test $(ls *.mprof | wc -l) = 2 && \
// RUN:   FileCheck %s --check-prefix=FIRST < report.txt && \
// RUN:   FileCheck %s --check-prefix=DAEMON < report.$(cat pid).txt && \
// RUN:   %memprof report --unit=B a.mprof | \
// RUN:     FileCheck %s --check-prefix=FIRST && \
// RUN:   %memprof report --unit=B a.$(cat pid).mprof | \
// RUN:     FileCheck %s --check-prefix=DAEMON || exit 1; \
// RUN: done
//
// FIRST: Function: work (1 call, 1 allocation, peak 10 B, kept 0 B)
// DAEMON: Function: work (3 calls, 3 allocations, peak 1000 B, kept 0 B)
#include "memprof.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

MEMPROF_PROFILE void work(size_t size) {
  void *volatile block = malloc(size);
  free(block);
}

int main(void) {
  int pipes[2];
  char byte;
  work(10);
  if (pipe(pipes))
    return 1;
  pid_t child = fork();
  if (child == 0) {
    setsid();
    if (fork())
      _exit(0);
    if (chdir("/"))
      return 1;
    printf("%d\n", getpid());
    for (int i = 0; i < 3; i++)
      work(1000);
    return 0; /* its end of the pipe closes when it is over */
  }
  close(pipes[1]);
  return read(pipes[0], &byte, 1) != 0 || waitpid(child, NULL, 0) != child;
}
