// longjmp out of three nested marked calls into an unmarked function, and from
// there deep down the dead stack, which is overwritten: the calls count as
// calls, and nothing of what follows stands on their lines, whichever of
// longjmp's kin it was.
//
// RUN: env LEVELS="O0 O2" %every_level %s | FileCheck %s
// RUN: env LEVELS=O2 CFLAGS="-D_FORTIFY_SOURCE=2" %every_level %s \
// RUN:   | FileCheck %s
// RUN: nm -D --undefined-only %t.O2 | grep -w __longjmp_chk
#include "memprof.h"
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

static jmp_buf back;
static sigjmp_buf signal_back;
static void *volatile kept;

enum { LONGJMP, UNDERSCORE, SIGLONGJMP };

static __attribute__((noinline)) void jump(int kind) {
  if (kind == LONGJMP)
    longjmp(back, 1);
  if (kind == UNDERSCORE)
    _longjmp(back, 1);
  siglongjmp(signal_back, 1);
}

MEMPROF_PROFILE void leaves(int depth, int kind) {
  kept = malloc(100);
  if (depth == 0)
    jump(kind);
  leaves(depth - 1, kind);
}

// Below where leaves() was, and over its stack.
static __attribute__((noinline)) void deep(int depth) {
  volatile char overwrite[4096];
  memset((void *)overwrite, 0x5a, sizeof overwrite);
  kept = malloc(7); // nobody's
  if (depth)
    deep(depth - 1);
  overwrite[0] = 1;
}

MEMPROF_PROFILE void afterwards(void) { kept = malloc(20); }

static __attribute__((noinline)) void deep_afterwards(void) {
  volatile char depth[1 << 14];
  depth[0] = 1;
  afterwards(); // not under leaves()
  depth[0] = 2;
}

int main(void) {
  for (volatile int kind = LONGJMP; kind <= SIGLONGJMP; kind++) {
    if (kind == SIGLONGJMP ? sigsetjmp(signal_back, 1) == 0 : setjmp(back) == 0)
      leaves(2, kind);
    deep(10);
    deep_afterwards();
  }
  return 0;
}

// Mem usage at the end: leaves' 900 and twice afterwards' 20.
// clang-format off
//      CHECK: Function: leaves (9 calls, 9 allocations, peak 300 B, kept 900 B)
//      CHECK: 30 940 B 900 B 9 9 0 900 B 0 B 100 B 900 B kept = malloc(100);
// CHECK-NEXT: 31 940 B 0 B 9 0 0 {{.*}} if (depth == 0)
// CHECK-NEXT: 32 940 B 0 B 3 0 0 0 B 0 B 0 B 0 B jump(kind);
// CHECK-NEXT: 33 940 B 0 B 6 0 0 0 B 0 B 200 B 0 B leaves(depth - 1, kind);
//      CHECK: Function: afterwards (3 calls, 3 allocations, peak 20 B, kept 60 B)
