// Programs that are started, by whatever means, and children that have their
// parent's memory while it waits, count nothing and change nothing: not even a
// call of a marked function before exec.
//
// RUN: for kind in none vfork clone posix_spawn system popen; do \
// RUN:   env LEVELS="O0 O2" %every_level %s -- $kind > %t.$kind || exit 1; \
// RUN:   FileCheck %s --check-prefixes=CHECK,$kind --allow-unused-prefixes \
// RUN:     < %t.$kind || exit 1; \
// RUN: done
//
// CHECK: memprof: process peak 100 B (live
// CHECK: Function: work (2 calls, 2 allocations, peak 100 B, kept 0 B)
// vfork: Function: starts (2 calls, 0 allocations, peak 0 B, kept 0 B)
// clone: Function: starts (2 calls, 0 allocations, peak 0 B, kept 0 B)
// CHECK: Function: parent (1 call, 2 allocations, peak 100 B, kept 0 B)
// CHECK: 0 B 0 B 1 1 1 50 B 50 B 50 B 0 B work(50);
// CHECK-NEXT: 0 B 0 B 1 1 1 100 B 100 B 100 B 0 B work(100);
// CHECK-NOT: memprof:
#define _GNU_SOURCE
#include "memprof.h"
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static void *volatile kept;

MEMPROF_PROFILE void work(size_t size) {
  kept = malloc(size);
  free(kept);
}

static int replaced(void *unused) {
  (void)unused;
  work(5000);
  execl("/bin/true", "true", (char *)NULL);
  _exit(1);
}

static int status_of(pid_t child) {
  int status = 1;
  return child > 0 && waitpid(child, &status, 0) == child ? status : 1;
}

MEMPROF_PROFILE int starts(const char *kind) {
  static _Alignas(16) char stack[1 << 18];
  if (strcmp(kind, "clone") == 0)
    return status_of(clone(replaced, stack + sizeof stack,
                           CLONE_VM | CLONE_VFORK | SIGCHLD, NULL));
  pid_t child = vfork();
  if (child == 0)
    replaced(NULL);
  return status_of(child);
}

static int start(const char *kind) {
  char *arguments[] = {"true", NULL};
  pid_t child = 0;
  if (strcmp(kind, "vfork") == 0 || strcmp(kind, "clone") == 0)
    return starts(kind);
  if (strcmp(kind, "posix_spawn") == 0)
    return posix_spawn(&child, "/bin/true", NULL, NULL, arguments, environ) ||
           status_of(child);
  if (strcmp(kind, "system") == 0)
    return system("true");
  if (strcmp(kind, "none") == 0)
    return 0;
  FILE *pipe = popen("echo a b", "r");
  char text[8] = "";
  return !pipe || !fgets(text, sizeof text, pipe) || strcmp(text, "a b\n") ||
         pclose(pipe);
}

MEMPROF_PROFILE int parent(void) {
  work(50);
  work(100);
  return 0;
}

int main(int argc, char **argv) {
  return argc < 2 || start(argv[1]) || parent() || start(argv[1]);
}
