// require=yes: a run in which nothing was measured is red, with the reason.
//
// clang-format off
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir && %mclang -g -O0 %s -o program
// RUN: printf '[profile]\nrequire = yes\nstream = none\n' > profile_config.ini
// RUN: env PROFILE_MEMORY=1 ./program > out 2>&1 && count 0 < out
//
// Compiled without the pass, but linked; nothing selected.
// RUN: %clang -O0 -I%inc %s -o linked -L%lib -lmemprof -Wl,-rpath,%lib -Wl,--no-as-needed -lmemprof
// RUN: env PROFILE_MEMORY=1 ./linked > out 2>&1; test $? = 97 && FileCheck %s < out
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=functions=x ./program > out 2>&1; test $? = 97 && FileCheck %s < out
// CHECK: {{^}}memprof: require: nothing was measured
// CHECK-NEXT: {{^}}memprof: the exit status is 97, not 0
//
// The hooks are not connected: another malloc stands before ours.
// RUN: %clang -g -O0 -I%inc -DMEMPROF_ENABLED -fpass-plugin=%plugin %s -o bypassed -L%lib -lmemprof -Wl,-rpath,%lib
// RUN: env PROFILE_MEMORY=1 LD_PRELOAD=libjemalloc.so.2 ./bypassed > out 2>&1; test $? = 97 && FileCheck --check-prefix=BYPASSED %s < out
// BYPASSED: memprof: calls of 'malloc' do not come to memprof
// BYPASSED: {{^}}memprof: require: calls of the allocator do not come to memprof
// BYPASSED-NEXT: {{^}}memprof: the exit status is 97, not 0
//
// A child measures for its parent; a program that sleeps is not asked.
// RUN: env PROFILE_MEMORY=1 ./program child > out 2>&1 && count 0 < out
// RUN: env PROFILE_MEMORY=0 ./program > out 2>&1 && ./program >> out 2>&1 && count 0 < out
// clang-format on
#include "memprof.h"
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

MEMPROF_PROFILE void work(void) {
  void *volatile block = malloc(10);
  free(block);
}

int main(int argc, char **argv) {
  (void)argv;
  if (argc > 1) {
    pid_t child = fork();
    if (child)
      waitpid(child, NULL, 0);
    else
      work();
    return 0;
  }
  work();
  return 0;
}
