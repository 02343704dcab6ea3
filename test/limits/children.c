// A forked child checks its own calls and fails by itself; its parent, which may
// not look at its status, fails with it. A floor is no concern of a child that
// does not call the function, nor of a parent whose child does.
//
// clang-format off
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir && %mclang -g -O0 %s -o children
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=stream=none ./children 2 > out 2> err
// RUN: grep -x "child 0" out && count 0 < err
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=stream=none ./children 3 > out 2> err; test $? = 97
// RUN: grep -x "child 97" out && FileCheck %s < err
// CHECK: limits: 1 broken, 0 not
// CHECK-NEXT: broken work allocs 3 / 1..2, 1 too much: in call 1; 1 of 1 call broke it
// CHECK: memprof: 1 limit is broken
// CHECK-NEXT: memprof: the exit status is 97, not 0
// CHECK-NEXT: memprof: 1 forked child broke a limit
// CHECK-NEXT: memprof: the exit status is 97, not 0
//
// Nobody calls it.
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=stream=none ./children 0 > out 2> err; test $? = 97
// RUN: grep -x "child 0" out && FileCheck --check-prefix=NEVER %s < err
// NEVER: broken work allocs never called / 1..2; set by the mark
// NEVER-NOT: {{^}}broken
// clang-format on
#include "memprof.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

MEMPROF_LIMIT("allocs=1..2") void work(int times) {
  for (int i = 0; i < times; i++) {
    void *volatile block = malloc(1);
    free(block);
  }
}

int main(int argc, char **argv) {
  int status, times = argc > 1 ? atoi(argv[1]) : 0;
  pid_t child = fork();
  if (child == 0) {
    if (times)
      work(times);
    _exit(0);
  }
  waitpid(child, &status, 0);
  printf("child %d\n", WEXITSTATUS(status));
  return 0;
}
