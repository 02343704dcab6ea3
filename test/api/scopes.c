// memprof_begin and memprof_end measure a block of code like a function. In a
// marked function its lines keep their numbers; scopes nest, and a scope that
// is met again goes on.
//
// RUN: env LEVELS="O0 O2" %every_level %s | FileCheck %s
#include "stats.h"
#include <stdlib.h>

static void *volatile block;

static void take(size_t size) {
  block = malloc(size);
  free(block);
}

// clang-format off
//      CHECK: outer: calls 1 allocs 3 frees 3 bytes 61 freed 61 kept 0
// CHECK-NEXT:   smallest: allocs 3 frees 3 bytes 61 peak 30 kept 0
//      CHECK: inner: calls 1 allocs 0
//      CHECK: inner: calls 3 allocs 2 frees 2 bytes 41 freed 41 kept 0
// CHECK-NEXT:   smallest: allocs 0 frees 0 bytes 0 peak 0 kept 0
// CHECK-NEXT:   largest: allocs 1 frees 1 bytes 30 peak 30 kept 0
//      CHECK: work: calls 1 allocs 3 frees 3 bytes 42 freed 42 kept 0
//
//      CHECK: Function: work (1 call, 3 allocations, peak 30 B, kept 0 B)
//      CHECK: 1 1 1 1 B 1 B 1 B 0 B take(1);
//      CHECK: 1 0 0 0 B 0 B 0 B 0 B memprof_begin("inner");
//      CHECK: 1 1 1 30 B 30 B 30 B 0 B take(30);
//      CHECK: 1 0 0 0 B 0 B 0 B 0 B memprof_end();
//      CHECK: 1 1 1 11 B 11 B 11 B 0 B take(11);
//
//      CHECK: Function: inner (1 call, 1 allocation, peak 30 B, kept 0 B)
//      CHECK: 1 1 1 30 B 30 B 30 B 0 B memprof_begin("inner");
// clang-format on
MEMPROF_PROFILE void work(void) {
  take(1);
  memprof_begin("inner");
  take(30);
  memprof_end();
  memprof_begin("inner"); // another line: another place, the same name
  take(11);
  memprof_end();
}

// CHECK: Function: outer (1 call, 3 allocations, peak 30 B, kept 0 B)
// CHECK: 0 B 0 B 1 3 3 61 B 61 B 30 B 0 B memprof_begin("outer");
int main(void) {
  take(1000); // outside
  memprof_begin("outer");
  take(20);
  memprof_begin("inner");
  memprof_end();
  take(30);
  take(11);
  memprof_end();
  take(1000);
  show("outer");
  show("inner");
  work();
  show("inner");
  show("work");
  return 0;
}
