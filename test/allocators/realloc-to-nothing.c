// realloc(p, 0) releases p. Where a block of no bytes comes back (mimalloc),
// that is an allocation in the same event; where NULL does (glibc, jemalloc,
// tcmalloc), it is none.
//
// clang-format off
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: for level in O0 O2; do %mclang -g -$level %s -o nothing || exit 1; \
// RUN:   sh %S/Inputs/report.sh ./nothing | FileCheck --check-prefix=NULL %s || exit 1; \
// RUN:   LD_PRELOAD=libtcmalloc.so.4 sh %S/Inputs/report.sh ./nothing | FileCheck --check-prefix=NULL %s || exit 1; \
// RUN:   LD_PRELOAD=libjemalloc.so.2 sh %S/Inputs/report.sh ./nothing | FileCheck --check-prefix=NULL %s || exit 1; \
// RUN:   LD_PRELOAD=libmimalloc.so.2 sh %S/Inputs/report.sh ./nothing | FileCheck --check-prefix=BLOCK %s || exit 1; \
// RUN: done
// clang-format on
#include "memprof.h"
#include <stdio.h>
#include <stdlib.h>

static volatile size_t none = 0;

MEMPROF_PROFILE void *shrink(void) {
  void *p = malloc(100);
  return realloc(p, none);
}

int main(void) {
  void *p = shrink();
  puts(p ? "a block" : "NULL");
  free(p);
  return 0;
}

// clang-format off
//  NULL: {{^}}NULL
//  NULL: Function: shrink (1 call, 1 allocation, peak 100 B, kept 0 B)
//  NULL: 22 0 B -100 B 1 0 1 0 B 100 B 0 B 0 B return
// BLOCK: {{^}}a block
// BLOCK: Function: shrink (1 call, 2 allocations, peak 100 B, kept 0 B)
// BLOCK: 22 0 B -100 B 1 1 1 0 B 100 B 0 B 0 B return
