// A forked child checks its own calls and fails by itself; its parent, which may
// not look at its status, fails with it. A floor is no concern of a child that
// does not call the function, nor of a parent whose child does.
//
// clang-format off
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir && %mclang -g -O0 %s -o children
// RUN: printf '[profile]\nstream = none\n' > profile_config.ini
//
// The parent calls it, or the child does.
// RUN: env PROFILE_MEMORY=1 ./children 1 0 > out 2> err && grep -x "child 0" out && count 0 < err
// RUN: env PROFILE_MEMORY=1 ./children 0 2 > out 2> err && grep -x "child 0" out && count 0 < err
//
// The parent breaks the limit: the child, which is forked after that, does not.
// RUN: env PROFILE_MEMORY=1 ./children 3 0 > out 2> err; test $? = 97 && grep -x "child 0" out && FileCheck --check-prefix=PARENT %s < err
// PARENT: limits: 1 broken, 0 not
// PARENT-NEXT: broken work allocs 3 / 1..2, 1 too much: in call 1; 1 of 1 call broke it
// PARENT: {{^}}memprof: 1 limit is broken
// PARENT-NEXT: {{^}}memprof: the exit status is 97, not 0
// PARENT-NOT: {{.}}
//
// The child does, in its own first call.
// RUN: env PROFILE_MEMORY=1 ./children 1 3 > out 2> err; test $? = 97 && grep -x "child 97" out && FileCheck --check-prefix=CHILD %s < err
// CHILD: limits: 1 broken, 0 not
// CHILD-NEXT: broken work allocs 3 / 1..2, 1 too much: in call 1; 1 of 1 call broke it
// CHILD: {{^}}memprof: 1 limit is broken
// CHILD-NEXT: {{^}}memprof: the exit status is 97, not 0
// CHILD-NEXT: {{^}}memprof: 1 forked child broke a limit
// CHILD-NEXT: {{^}}memprof: the exit status is 97, not 0
// CHILD-NOT: {{.}}
//
// Nobody calls it.
// RUN: env PROFILE_MEMORY=1 ./children 0 0 > out 2> err; test $? = 97 && grep -x "child 0" out && FileCheck --check-prefix=NEVER %s < err
// NEVER: limits: 1 broken, 0 not
// NEVER-NEXT: broken work allocs never called / 1..2; set by the mark
// NEVER: {{^}}memprof: 1 limit is broken
// NEVER-NEXT: {{^}}memprof: the exit status is 97, not 0
// NEVER-NOT: {{.}}
// clang-format on
#include "memprof.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void *volatile block;

MEMPROF_LIMIT("allocs=1..2") void work(int times) {
  for (int i = 0; i < times; i++)
    block = malloc(1);
}

MEMPROF_PROFILE void other(void) { block = malloc(1); }

int main(int argc, char **argv) {
  int status;
  if (argc < 3)
    return 2;
  other();
  if (atoi(argv[1]))
    work(atoi(argv[1]));
  pid_t child = fork();
  if (child == 0) {
    other();
    if (atoi(argv[2]))
      work(atoi(argv[2]));
    _exit(0);
  }
  waitpid(child, &status, 0);
  printf("child %d\n", WEXITSTATUS(status));
  return 0;
}
