// A signal handler on a stack of its own: its marked calls have their own
// table and leave those of the function that it interrupts alone, whether it
// returns or jumps out. What it leaves by jumping is over.
//
// RUN: env LEVELS="O0 O2" %every_level %s | FileCheck %s
#include "memprof.h"
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>

static void *volatile kept;
static sigjmp_buf out;
static volatile int jumps;

MEMPROF_PROFILE void in_handler(void) {
  kept = malloc(100);
  if (jumps)
    siglongjmp(out, 1);
}

// Deeper than in_handler(), were it on the same stack.
static __attribute__((noinline)) void deep(void) {
  volatile char depth[1 << 12];
  depth[0] = 1;
  kept = malloc(3); // the handler's own: nobody's
  depth[0] = 2;
}

static void handler(int number) {
  (void)number;
  deep();
  in_handler();
}

MEMPROF_PROFILE void interrupted(void) {
  kept = malloc(10);
  raise(SIGUSR1);
  kept = malloc(20);
}

static void run(void) {
  if (sigsetjmp(out, 1) == 0)
    interrupted();
  kept = malloc(5); // nobody's
}

int main(void) {
  stack_t stack = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16};
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
  sigaltstack(&stack, NULL);
  sigaction(SIGUSR1, &action, NULL);
  for (int i = 0; i < 6; i++) {
    jumps = i % 2;
    run();
  }
  return 0;
}

// clang-format off
//      CHECK: Function: in_handler (6 calls, 6 allocations, peak 100 B, kept 600 B)
//      CHECK: 15 500 B 0 B 6 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void in_handler(void) {
// CHECK-NEXT: 16 600 B 600 B 6 6 0 600 B 0 B 100 B 600 B kept = malloc(100);
// CHECK-NEXT: 17 600 B 0 B 6 0 0 0 B 0 B 0 B 0 B if (jumps)
// CHECK-NEXT: 18 600 B 0 B 3 0 0 0 B 0 B 0 B 0 B siglongjmp(out, 1);
// CHECK-NEXT: 19 600 B 0 B 3 0 0 0 B 0 B 0 B 0 B }
//      CHECK: Function: interrupted (6 calls, 9 allocations, peak 30 B, kept 120 B)
//      CHECK: 35 110 B 0 B 6 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void interrupted(void) {
// CHECK-NEXT: 36 120 B 60 B 6 6 0 60 B 0 B 10 B 60 B kept = malloc(10);
// CHECK-NEXT: 37 120 B 0 B 6 0 0 0 B 0 B 0 B 0 B raise(SIGUSR1);
// CHECK-NEXT: 38 110 B 60 B 3 3 0 60 B 0 B 20 B 60 B kept = malloc(20);
// CHECK-NEXT: 39 110 B 0 B 3 0 0 0 B 0 B 0 B 0 B }
