// longjmp over marked frames back into a marked function: the calls that were
// left count as calls, and what is allocated afterwards stands on the line that
// runs, not on the abandoned call's: also far down the stack, where the address
// alone does not tell that the call is over. The jump is one that does not come
// by the runtime: libc's own longjmp, found in libc.
//
// RUN: %every_level %s | FileCheck %s
#include "memprof.h"
#include <dlfcn.h>
#include <setjmp.h>
#include <stdlib.h>

static jmp_buf back;
static void (*jump)(struct __jmp_buf_tag *, int);
static void *volatile blocks[4]; // an unread one would be optimised away

MEMPROF_PROFILE void leaves(int depth) {
  blocks[depth] = malloc(100);
  if (depth == 0)
    jump(back, 1);
  leaves(depth - 1);
}

static void *allocates_far_down(void) {
  volatile char depth[1 << 16];
  depth[0] = 7;
  return malloc(depth[0]);
}

MEMPROF_PROFILE void lands(void) {
  if (setjmp(back) == 0)
    leaves(2);
  blocks[3] = allocates_far_down();
}

int main(void) {
  void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
  jump = (void (*)(struct __jmp_buf_tag *, int))dlsym(libc, "longjmp");
  lands();
  return 0;
}

// clang-format off
//      CHECK: Function: leaves (3 calls, 3 allocations, peak 300 B, kept 300 B)
//      CHECK: Function: lands (1 call, 4 allocations, peak 307 B, kept 307 B)
//      CHECK: 32 300 B 300 B 1 3 0 300 B 0 B 300 B 300 B leaves(2)
// CHECK-NEXT: 33 307 B 7 B 1 1 0 7 B 0 B 7 B 7 B blocks[3]
