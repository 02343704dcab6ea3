// A child of fork() counts from zero and reports at its end, whatever that is;
// blocks from before are unknown to it, and the call in which it was forked is
// its parent's. The parent's numbers are as if it had none.
//
// RUN: for end in exit _exit abort return; do \
// RUN:   env LEVELS="O0 O2" %every_level %s -- $end > %t.out || exit 1; \
// RUN:   FileCheck %s < %t.out || exit 1; \
// RUN: done
//
// In the child `parent` was not called: what happened on its lines since the
// fork stands there.
// CHECK-LABEL: memprof: process peak 40 B (live
// CHECK: Function: work (1 call, 1 allocation, peak 10 B, kept 0 B)
// CHECK: Function: parent (0 calls, 2 allocations, peak 0 B, kept 30 B)
// CHECK:      {{^ *[0-9]+ +MEMPROF_PROFILE int parent}}
// CHECK-NEXT: {{^ *[0-9]+ +}}void *before = malloc(500);
// CHECK-NEXT: {{^ *[0-9]+ +}}pid_t child = fork();
// CHECK-NEXT: 0 B 0 B 1 0 0 0 B 0 B 0 B 0 B if (child == 0) {
// CHECK-NEXT: 0 B 0 B 1 0 0 0 B 0 B 0 B 0 B free(before);
// CHECK-NEXT: 30 B 30 B 1 1 0 30 B 0 B 30 B 30 B kept = malloc(30);
// CHECK-NEXT: 30 B 0 B 1 1 1 10 B 10 B 10 B 0 B work(10);
// CHECK-NEXT: 30 B 0 B 1 0 0 0 B 0 B 0 B 0 B end(how);
//
// CHECK-LABEL: memprof: process peak 1500 B (live
// CHECK: Function: work (2 calls, 2 allocations, peak 1000 B, kept 0 B)
// CHECK: Function: parent (1 call, 2 allocations, peak 1500 B, kept 0 B)
// CHECK:      0 B 0 B 1 {{.*}} MEMPROF_PROFILE int parent
// CHECK-NEXT: 500 B 500 B 1 1 0 500 B 0 B 500 B 0 B void *before
// CHECK-NEXT: 500 B 0 B 1 0 0 0 B 0 B 0 B 0 B pid_t child = fork();
// CHECK-NEXT: 500 B 0 B 1 0 0 0 B 0 B 0 B 0 B if (child == 0) {
// CHECK-NEXT: {{^ *[0-9]+ +}}free(before);
// CHECK-NOT: memprof:
#include "memprof.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void *volatile kept;

MEMPROF_PROFILE void work(size_t size) {
  kept = malloc(size);
  free(kept);
}

static void end(const char *how) {
  if (strcmp(how, "exit") == 0)
    exit(0);
  if (strcmp(how, "_exit") == 0)
    _exit(0);
  if (strcmp(how, "abort") == 0) {
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    abort();
  }
}

MEMPROF_PROFILE int parent(const char *how) {
  void *before = malloc(500);
  pid_t child = fork();
  if (child == 0) {
    free(before);
    kept = malloc(30);
    work(10);
    end(how);
    return 0;
  }
  if (waitpid(child, NULL, 0) != child)
    return 1;
  work(1000);
  free(before);
  return 0;
}

int main(int argc, char **argv) {
  if (argc < 2)
    return 2;
  work(7);
  return parent(argv[1]);
}
