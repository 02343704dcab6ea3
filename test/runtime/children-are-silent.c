// A child, however made, counts nothing and prints nothing, whatever its end;
// the parent's numbers and report stay as they are.
//
// clang-format off
// RUN: %mclang -g -O0 -pthread %s -o %t
// RUN: for child in fork _fork clone vfork; do for end in exit _exit abort; do \
// RUN:   echo $child $end; \
// RUN:   env PROFILE_MEMORY=1 %t $child $end > %t.out 2>&1 || exit 1; \
// RUN:   FileCheck %s < %t.out || exit 1; \
// RUN: done; done
// clang-format on
#define _GNU_SOURCE
#include "memprof.h"
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void *volatile kept;

MEMPROF_PROFILE void work(void) {
  kept = malloc(1000);
  free(kept);
}

static void end(const char *how, int may_run) {
  if (may_run) {
    work();
    if (memprof_is_active() || memprof_enable())
      _exit(1);
  }
  if (strcmp(how, "exit") == 0 && may_run)
    exit(0);
  if (strcmp(how, "abort") == 0) {
    signal(SIGABRT, SIG_DFL);
    abort();
  }
  _exit(0);
}

int main(int argc, char **argv) {
  int status;
  pid_t child;
  if (argc < 3)
    return 2;
  work();
  if (strcmp(argv[1], "fork") == 0) {
    if ((child = fork()) == 0)
      end(argv[2], 1);
  } else if (strcmp(argv[1], "_fork") == 0) {
    if ((child = _Fork()) == 0)
      end(argv[2], 1);
  } else if (strcmp(argv[1], "clone") == 0) {
    if ((child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)) == 0)
      end(argv[2], 1);
  } else if ((child = vfork()) == 0) {
    end(argv[2], 0);
  }
  if (waitpid(child, &status, 0) != child)
    return 3;
  work();
  return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

// CHECK: memprof: process peak
// CHECK: Function: work (2 calls, 2 allocations
// CHECK-NOT: memprof:
// CHECK-NOT: Function:
