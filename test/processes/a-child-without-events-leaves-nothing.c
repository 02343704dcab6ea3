// A child that neither calls a marked function nor allocates or releases
// something in one has no report and no profile: those that go on to exec, and
// those that end.
//
// RUN: for end in exec _exit exit; do for where in inside outside; do \
// RUN:   rm -rf %t.dir && mkdir %t.dir && %mclang -g -O0 %s -o %t && \
// RUN:   cd %t.dir && env PROFILE_MEMORY=1 \
// RUN:     PROFILE_MEMORY_OPTIONS=unit=B:output=out.mprof \
// RUN:     %t $end $where > text 2>&1 && test "$(ls)" = "out.mprof$(echo; \
// RUN:     echo text)" && FileCheck %s < text || exit 1; \
// RUN: done; done
//
// CHECK: memprof: process peak 10 B
// CHECK-NOT: memprof:
#include "memprof.h"
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int forks(const char *end) {
  int status = 1;
  pid_t child = fork();
  if (child == 0) {
    if (strcmp(end, "exec") == 0)
      execl("/bin/true", "true", (char *)NULL);
    if (strcmp(end, "exit") == 0)
      exit(0);
    _exit(0);
  }
  return waitpid(child, &status, 0) != child || status;
}

MEMPROF_PROFILE int inside(const char *end) {
  void *volatile block = malloc(10);
  int failed = forks(end);
  free(block);
  return failed;
}

MEMPROF_PROFILE void outside(void) {
  void *volatile block = malloc(10);
  free(block);
}

int main(int argc, char **argv) {
  if (argc < 3)
    return 2;
  if (strcmp(argv[2], "inside") == 0)
    return inside(argv[1]);
  outside();
  /* not in a marked function */
  void *volatile block = malloc(5);
  int failed = forks(argv[1]);
  free(block);
  return failed;
}
