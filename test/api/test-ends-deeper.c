// A jump that the runtime does not see leaves a marked call, and the test ends
// deeper on the stack than that call was: the call is finished before the test,
// which had its peak.
//
// RUN: env LEVELS="O0 O2" %every_level %s | FileCheck %s
#include "memprof.h"
#include <stdlib.h>
#include <string.h>

static void *failed[5];
static void *volatile block;

MEMPROF_PROFILE static void fails(void) {
  block = malloc(30);
  __builtin_longjmp(failed, 1);
}

static __attribute__((noinline)) void body(void) {
  if (!__builtin_setjmp(failed))
    fails();
}

static __attribute__((noinline)) void end_deeper(void) {
  volatile char room[4096];
  memset((char *)room, 1, sizeof room);
  memprof_test_end();
  room[0] = room[1];
}

// CHECK: Function: fails (1 call, 1 allocation, peak 30 B, kept 30 B)
// CHECK: {{^}} red (1 run, 1 allocation, peak 30 B, kept 30 B at its end)
int main(void) {
  memprof_test_begin(NULL, "red");
  body();
  end_deeper();
  return 0;
}
