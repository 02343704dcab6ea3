// Computed goto: an interpreter whose table of labels is static, another whose
// labels live on the stack, and one that hands a label to a second function.
// Such a body cannot be cloned, so it counts in place.
//
// RUN: env LEVELS="O0 O2" %every_level %s | FileCheck %s
#include "memprof.h"
#include <stdlib.h>

// clang-format off
enum { HALT, PUSH, POP, LOOP };

MEMPROF_PROFILE static int interpret(const char *code, void **stack) {
  static const void *const table[] = {&&halt, &&push, &&pop, &&loop};
  int top = 0, rounds = 3;
  const char *at = code;
  goto *table[(int)*at++];
push:
  stack[top++] = malloc(100);
  goto *table[(int)*at++];
pop:
  free(stack[--top]);
  goto *table[(int)*at++];
loop:
  if (--rounds)
    at = code;
  goto *table[(int)*at++];
halt:
  return top;
}

MEMPROF_PROFILE static int on_stack(int which) {
  void *labels[] = {&&one, &&two};
  goto *labels[which];
one:
  free(malloc(1));
  return 1;
two:
  free(malloc(2));
  return 2;
}

static __attribute__((noinline)) void *same(void *label) { return label; }
MEMPROF_PROFILE static int elsewhere(int n) {
  void *label = n > 1 ? &&more : &&less;
  goto *same(label);
more:
  free(malloc(30));
less:
  return n;
}

int main(void) {
  static const char code[] = {PUSH, PUSH, POP, LOOP, HALT};
  void *stack[16];
  int left = interpret(code, stack);
  for (int i = 0; i < left; i++)
    free(stack[i]);
  return left != 3 || on_stack(0) + on_stack(1) != 3 || elsewhere(1) + elsewhere(2) != 3;
}

//      CHECK: Function: interpret (1 call, 6 allocations, peak 400 B, kept 0 B)
//      CHECK: 18 {{.*}} 600 B 6 6 0 600 B 0 B 100 B 0 B stack[top++]
//      CHECK: 21 {{.*}} -300 B 3 0 3 0 B 300 B 0 B 0 B free
//      CHECK: 24 {{.*}} 0 B 3 0 0 0 B 0 B 0 B 0 B if (--rounds)
// CHECK-NEXT: 25 {{.*}} 0 B 2 0 0 0 B 0 B 0 B 0 B at = code
//      CHECK: Function: on_stack (2 calls, 2 allocations, peak 2 B, kept 0 B)
//      CHECK: 35 {{.*}} 0 B 1 1 1 1 B 1 B 1 B 0 B free
//      CHECK: 38 {{.*}} 0 B 1 1 1 2 B 2 B 2 B 0 B free
//      CHECK: Function: elsewhere (2 calls, 1 allocation, peak 30 B, kept 0 B)
//      CHECK: 47 {{.*}} 0 B 1 1 1 30 B 30 B 30 B 0 B free
