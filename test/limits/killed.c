// After SIGKILL, or exec, nobody checks at the end; the profile has what calls did
// until then, and what reads it fails.
//
// clang-format off
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir && %mclang -g -O0 %s -o killed
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=output=a.mprof ./killed > out 2>&1; test $? = 137
// RUN: %memprof report a.mprof > out 2> err; test $? = 1 && FileCheck %s < out
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=output=b.mprof ./killed exec > out 2>&1
// RUN: %memprof report b.mprof > out 2> err; test $? = 1 && FileCheck %s < out
// clang-format on
// CHECK: limits: 1 broken, 2 not
// CHECK: broken work allocs 1 / 0, 1 too much: in call 1; 3 of 3 calls broke it
#include "memprof.h"
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

MEMPROF_LIMIT("allocs=0", "peak=10", "leaked=0") void work(void) {
  void *volatile block = malloc(10);
  free(block);
}

int main(int argc, char **argv) {
  (void)argv;
  for (int i = 0; i < 3; i++)
    work();
  if (argc > 1)
    execl("/bin/true", "true", (char *)NULL);
  raise(SIGKILL);
}
