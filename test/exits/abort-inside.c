// abort(), _exit() and quick_exit() inside nested marked functions: the report
// comes before the end, the open calls in it, and the exit status is the
// program's.
//
// RUN: for level in O0 O2; do %mclang -g -$level %s -o %t.$level; \
// RUN:   for how in 0 1 2; do (ulimit -c 0; \
// RUN:     PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS="unit=B:columns=all" \
// RUN:       %t.$level $how 2>%t.err); echo status $? >>%t.err; \
// RUN:     FileCheck %s --check-prefixes=CHECK,STATUS$how <%t.err || exit 1; \
// RUN:   done; done
#include "memprof.h"
#include <stdlib.h>
#include <unistd.h>

static void *volatile kept;

MEMPROF_PROFILE void inner(int how) {
  kept = malloc(100);
  if (how == 0)
    abort();
  if (how == 1)
    _exit(3);
  quick_exit(4);
}

MEMPROF_PROFILE void outer(int how) {
  kept = malloc(10);
  inner(how);
}

int main(int argc, char **argv) {
  outer(argc > 1 ? argv[1][0] - '0' : 0);
  return 0;
}

// clang-format off
//   CHECK: Function: inner (1 call, 1 allocation, peak 100 B, kept 100 B)
//   CHECK: 18 110 B 100 B 1 1 0 100 B 0 B 100 B 100 B kept = malloc(100);
// STATUS0: 20 110 B 0 B 1 0 0 0 B 0 B 0 B 0 B abort();
// STATUS1: 22 110 B 0 B 1 0 0 0 B 0 B 0 B 0 B _exit(3);
// STATUS2: 23 110 B 0 B 1 0 0 0 B 0 B 0 B 0 B quick_exit(4);
//   CHECK: Function: outer (1 call, 2 allocations, peak 110 B, kept 110 B)
//   CHECK: 28 110 B 100 B 1 1 0 100 B 0 B 100 B 100 B inner(how);
// STATUS0: status 134
// STATUS1: status 3
// STATUS2: status 4
