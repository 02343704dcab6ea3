// Calls that the program's end cuts off count as if they ended there: exit,
// _exit and abort under two marked functions give the same table.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir && %mclang -g %s -o test
// RUN: for end in exit _exit abort; do \
// RUN:   env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B:columns=all \
// RUN:     ./test $end >$end.txt 2>&1; echo "status $?" >>$end.txt; \
// RUN:   FileCheck %s <$end.txt && FileCheck --check-prefix=$end %s <$end.txt \
// RUN:     || exit 1; done
#include "memprof.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *kept[3];

MEMPROF_PROFILE void inner(const char *end) {
  kept[1] = malloc(200);
  free(malloc(50));
  if (!strcmp(end, "exit"))
    exit(7);
  if (!strcmp(end, "_exit"))
    _exit(7);
  abort();
}

MEMPROF_PROFILE void outer(const char *end) {
  kept[0] = malloc(1000);
  inner(end);
  kept[2] = malloc(9);
}

int main(int argc, char **argv) {
  (void)argc;
  outer(argv[1]);
  return 0;
}

// clang-format off
// CHECK: Function: inner (1 call, 2 allocations, peak 250 B, kept 200 B)
// CHECK: 18 1200 B 200 B 1 1 0 200 B 0 B 200 B 200 B kept[1]
// CHECK: 19 1200 B 0 B 1 1 1 50 B 50 B 50 B 0 B free
// CHECK: Function: outer (1 call, 3 allocations, peak 1250 B, kept 1200 B)
// CHECK: 28 1000 B 1000 B 1 1 0 1000 B 0 B 1000 B 1000 B kept[0]
// CHECK-NEXT: 29 1200 B 200 B 1 2 1 250 B 50 B 250 B 200 B inner(end);
// CHECK-NEXT: {{^}} 30 kept[2]

//  exit: status 7
// _exit: status 7
// abort: status 134
