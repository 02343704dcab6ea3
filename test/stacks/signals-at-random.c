// A timer of 10 kHz interrupts a fixed amount of work 2,000 times and more,
// anywhere in it and in our hooks: its handler calls marked functions on the
// same stack, with an argument on a stack of its own. The program ends, the
// numbers of the work are exact, and each of the handler's calls is either in
// its table or said to be missing.
//
// RUN: for level in O0 O2; do %mclang -g -$level %s -o %t.$level; \
// RUN:   for stack in same other; do \
// RUN:     env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS="unit=B:columns=all" \
// RUN:       %t.$level $stack >%t.out 2>&1 || exit 1; \
// RUN:     FileCheck %s <%t.out || exit 1; \
// RUN:     %python %S/Inputs/sum-handled.py %t.out || exit 1; \
// RUN:   done; done
#include "memprof.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

static volatile unsigned handled;
static char alternate[1 << 16];

MEMPROF_PROFILE void inner_tick(int depth) {
  if (depth)
    inner_tick(depth - 1);
}

MEMPROF_PROFILE void tick(void) { inner_tick(40); }

static void handler(int number) {
  (void)number;
  tick();
  handled++;
}

// Deep enough to cross blocks of frames.
MEMPROF_PROFILE void work(int depth) {
  void *volatile block = malloc(100);
  if (depth)
    work(depth - 1);
  free(block);
}

MEMPROF_PROFILE void works(void) {
  for (int turn = 0; turn < 300; turn++)
    work(99);
}

int main(int argc, char **argv) {
  const struct itimerval often = {{0, 100}, {0, 100}}, never = {{0, 0}, {0, 0}};
  const stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  if (argc > 1 && strcmp(argv[1], "other") == 0) {
    sigaltstack(&stack, NULL);
    action.sa_flags |= SA_ONSTACK;
  }
  sigaction(SIGALRM, &action, NULL);
  setitimer(ITIMER_REAL, &often, NULL);
  unsigned rounds = 0;
  for (; rounds < 10 || handled < 2000; rounds++)
    works();
  setitimer(ITIMER_REAL, &never, NULL);
  printf("handled %u rounds %u\n", handled, rounds);
  return 0;
}

// clang-format off
// CHECK-DAG: handled
// CHECK-DAG: Function: tick ({{[0-9]+}} calls, 0 allocations, peak 0 B, kept 0 B)
// CHECK-DAG: Function: work ({{[0-9]+}} calls, {{[0-9]+}} allocations, peak 10000 B, kept 0 B)
// CHECK-DAG: Function: works ({{[0-9]+}} calls, {{[0-9]+}} allocations, peak 10000 B, kept 0 B)
