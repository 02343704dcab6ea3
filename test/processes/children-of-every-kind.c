// A child made by _Fork, by a system call or by clone() is a child as fork()
// makes it. One that clone() starts on a stack of its own is in no call.
//
// RUN: for kind in _Fork syscall clone; do \
// RUN:   env LEVELS="O0 O2" %every_level %s -- $kind > %t.out || exit 1; \
// RUN:   FileCheck %s --check-prefixes=CHECK,$kind < %t.out || exit 1; \
// RUN: done
//
// The same with a profile file, which the child does not share: its own is made
// at its first marked call. It has a name of its own.
// RUN: for kind in _Fork syscall clone; do \
// RUN:   rm -rf %t.dir && mkdir %t.dir && cd %t.dir || exit 1; \
// RUN:   env PROFILE_MEMORY=1 \
// RUN:     PROFILE_MEMORY_OPTIONS=stream=none:output=out.mprof %t.O0 $kind; \
// RUN:   ls out.*.mprof | count 1 || exit 1; \
// RUN:   for file in out.*.mprof out.mprof; do \
// RUN:     %memprof report --unit=B --columns=all $file; \
// RUN:   done > %t.out 2>&1; \
// RUN:   FileCheck %s --check-prefixes=CHECK,$kind < %t.out || exit 1; \
// RUN: done
//
// And in a fully static program, where fork() itself calls our _Fork.
// RUN: %mclang -g -O1 -static %s -o %t.static
// RUN: for kind in fork _Fork syscall clone; do \
// RUN:   env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B:columns=all \
// RUN:     %t.static $kind > %t.out 2>&1 && \
// RUN:   FileCheck %s --check-prefixes=CHECK,$kind < %t.out || exit 1; \
// RUN: done
//
// CHECK-LABEL: memprof: process peak 10 B (live
// CHECK: Function: work (1 call, 1 allocation, peak 10 B, kept 0 B)
// fork: Function: parent (0 calls, 1 allocation, peak 0 B, kept 0 B)
// _Fork: Function: parent (0 calls, 1 allocation, peak 0 B, kept 0 B)
// syscall: Function: parent (0 calls, 1 allocation, peak 0 B, kept 0 B)
// clone: not executed:
// clone-NEXT: parent
// CHECK-LABEL: memprof: process peak 1000 B (live
// CHECK: Function: work (2 calls, 2 allocations, peak 1000 B, kept 0 B)
// CHECK: Function: parent (1 call, 1 allocation, peak 1000 B, kept 0 B)
// CHECK: 0 B 0 B 1 1 1 1000 B 1000 B 1000 B 0 B work(1000);
// CHECK-NOT: memprof:
#define _GNU_SOURCE
#include "memprof.h"
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void *volatile kept;

MEMPROF_PROFILE void work(size_t size) {
  kept = malloc(size);
  free(kept);
}

static int begin(void *unused) {
  (void)unused;
  work(10);
  _exit(0);
}

static pid_t child_of(const char *kind) {
  static _Alignas(16) char stack[1 << 18];
  if (strcmp(kind, "fork") == 0)
    return fork();
  if (strcmp(kind, "_Fork") == 0)
    return _Fork();
  if (strcmp(kind, "syscall") == 0)
    return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  return clone(begin, stack + sizeof stack, SIGCHLD, NULL);
}

MEMPROF_PROFILE int parent(const char *kind) {
  pid_t child = child_of(kind);
  if (child == 0) {
    work(10);
    _exit(0);
  }
  if (waitpid(child, NULL, 0) != child)
    return 1;
  work(1000);
  return 0;
}

int main(int argc, char **argv) {
  if (argc < 2)
    return 2;
  work(7);
  return parent(argv[1]);
}
