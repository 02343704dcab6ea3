// A child that was forked while there were no stacks but the threads' own makes
// a fibre: what a marked function allocates there when it goes on counts, though
// the thread's latest event was on its own stack, outside all marked calls.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: %mclang -g -O1 %s -o program
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=stream=none:output=run.mprof \
// RUN:   ./program
// RUN: %memprof report --unit=B run.*.mprof | FileCheck %s
//
// CHECK: Function: on_own_stack (1 call, 1 allocation, peak 5 B, kept 0 B)
// CHECK: Function: on_fibre (1 call, 2 allocations, peak 30 B, kept 0 B)
#include "memprof.h"
#include <stdlib.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static ucontext_t own, fibre;

MEMPROF_PROFILE static void on_own_stack(void) {
  void *volatile block = malloc(5);
  free(block);
}

MEMPROF_PROFILE static void on_fibre(void) {
  void *volatile first = malloc(10);
  swapcontext(&fibre, &own);
  void *volatile second = malloc(20);
  free(second);
  free(first);
}

int main(void) {
  on_own_stack();
  if (fork() == 0) {
    static char stack[64 << 10];
    getcontext(&fibre);
    fibre.uc_stack.ss_sp = stack;
    fibre.uc_stack.ss_size = sizeof stack;
    fibre.uc_link = &own;
    makecontext(&fibre, on_fibre, 0);
    swapcontext(&own, &fibre);
    on_own_stack();
    swapcontext(&own, &fibre);
    exit(0);
  }
  wait(NULL);
  return 0;
}
