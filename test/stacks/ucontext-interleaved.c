// Four contexts whose stacks lie side by side in one array, each inside a
// marked function when the next one runs; main is inside one too. An event
// stands on the line that runs on its own stack, whatever the others are at,
// and a second generation on the same stacks starts outside all.
//
// RUN: env LEVELS="O0 O2" %every_level %s | FileCheck %s
#include "memprof.h"
#include <stdlib.h>
#include <ucontext.h>

enum { FIBRES = 4, TURNS = 10, STACK = 64 << 10 };
static char stacks[FIBRES][STACK] __attribute__((aligned(16)));
static ucontext_t contexts[FIBRES], back;
static void *volatile kept;
static int current;

static void yield(void) { swapcontext(&contexts[current], &back); }

MEMPROF_PROFILE void inner(int bytes) {
  kept = malloc(bytes);
  yield();
  kept = malloc(1);
}

MEMPROF_PROFILE void fibre(int number, int turns) {
  for (int i = 0; i < turns; i++)
    inner(100);
  for (;;)
    yield(); // never returns
}

static void starts(int number, int turns) {
  kept = malloc(2); // nobody's: no marked call runs on this stack
  fibre(number, turns);
}

MEMPROF_PROFILE void schedules(void) {
  for (int turn = 0; turn <= TURNS; turn++)
    for (current = 0; current < FIBRES; current++) {
      swapcontext(&back, &contexts[current]);
      kept = malloc(7);
    }
}

static void generation(void) {
  for (int i = 0; i < FIBRES; i++) {
    getcontext(&contexts[i]);
    contexts[i].uc_stack.ss_sp = stacks[i];
    contexts[i].uc_stack.ss_size = STACK;
    makecontext(&contexts[i], (void (*)(void))starts, 2, i, TURNS);
  }
  schedules();
}

int main(void) {
  generation();
  generation();
  return 0;
}

// clang-format off
//      CHECK: Function: inner (80 calls, 160 allocations, peak 101 B, kept 8080 B)
//      CHECK: 19 909 B 0 B 80 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void inner(int bytes) {
// CHECK-NEXT: 20 1009 B 8000 B 80 80 0 8000 B 0 B 100 B 8000 B kept = malloc(bytes);
// CHECK-NEXT: 21 1009 B 0 B 80 0 0 0 B 0 B 0 B 0 B yield();
// CHECK-NEXT: 22 1010 B 80 B 80 80 0 80 B 0 B 1 B 80 B kept = malloc(1);
// CHECK-NEXT: 23 1010 B 0 B 80 0 0 0 B 0 B 0 B 0 B }
//      CHECK: Function: fibre (8 calls, 160 allocations, peak 1010 B, kept 8080 B)
//      CHECK: 25 0 B 0 B 8 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void fibre(int number, int turns) {
// CHECK-NEXT: 26 0 B 0 B 88 0 0 0 B 0 B 0 B 0 B for (int i = 0; i < turns; i++)
// CHECK-NEXT: 27 1010 B 8080 B 80 160 0 8080 B 0 B 101 B 8080 B inner(100);
// CHECK-NEXT: 28 1010 B 0 B 8 0 0 0 B 0 B 0 B 0 B for (;;)
// CHECK-NEXT: 29 1010 B 0 B 8 0 0 0 B 0 B 0 B 0 B yield(); // never returns
//      CHECK: Function: schedules (2 calls, 88 allocations, peak 308 B, kept 616 B)
//      CHECK: 37 308 B 0 B 2 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void schedules(void) {
// CHECK-NEXT: 38 308 B 0 B 24 0 0 0 B 0 B 0 B 0 B for (int turn = 0; turn <= TURNS; turn++)
// CHECK-NEXT: 39 308 B 0 B 110 0 0 0 B 0 B 0 B 0 B for (current = 0; current < FIBRES; current++) {
// CHECK-NEXT: 40 308 B 0 B 88 0 0 0 B 0 B 0 B 0 B swapcontext(&back, &contexts[current]);
// CHECK-NEXT: 41 616 B 616 B 88 88 0 616 B 0 B 7 B 616 B kept = malloc(7);
// CHECK-NEXT: 42 616 B 0 B 22 0 0 0 B 0 B 0 B 0 B }
// CHECK-NEXT: 43 616 B 0 B 2 0 0 0 B 0 B 0 B 0 B }
