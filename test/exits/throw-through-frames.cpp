// An exception through one and through three marked functions, caught by an
// unmarked one, by a marked one, and caught and thrown on: each call it leaves
// is over when the handler runs, so what is allocated there and afterwards
// stands on the handler's lines.
//
// RUN: env LEVELS="O0 O2" %every_level_cxx %s | FileCheck %s
#include "memprof.h"
#include <cstdlib>

static void *volatile kept;

MEMPROF_PROFILE void throws(int depth) {
  kept = std::malloc(10);
  if (depth == 0)
    throw depth;
  throws(depth - 1);
}

MEMPROF_PROFILE void rethrows() {
  try {
    throws(1);
  } catch (int) {
    kept = std::malloc(1000);
    throw;
  }
}

MEMPROF_PROFILE void catches() {
  try {
    rethrows();
  } catch (...) {
    kept = std::malloc(500);
  }
  kept = std::malloc(50);
}

static void unmarked(int depth) {
  try {
    throws(depth);
  } catch (int) {
    kept = std::malloc(7); // nobody's
  }
}

int main() {
  unmarked(0);
  unmarked(2);
  catches();
}

// throws(0), (2), (1): 1 + 3 + 2 calls. The exception object is memory too: it
// comes from malloc in libstdc++, on the line of the throw, and is released
// where its handler ends.
// clang-format off
//      CHECK: Function: throws (6 calls, 9 allocations, peak 162 B, kept 60 B)
//      CHECK: 12 314 B 0 B 6 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void throws(int depth) {
// CHECK-NEXT: 13 324 B 60 B 6 6 0 60 B 0 B 10 B 60 B kept = std::malloc(10);
// CHECK-NEXT: 14 324 B 0 B 6 0 0 0 B 0 B 0 B 0 B if (depth == 0)
// CHECK-NEXT: 15 456 B 396 B 3 3 0 396 B 0 B 132 B 0 B throw depth;
// CHECK-NEXT: 16 456 B 0 B 3 0 0 0 B 0 B 152 B 0 B throws(depth - 1);
//      CHECK: Function: rethrows (1 call, 4 allocations, peak 1152 B, kept 1020 B)
//      CHECK: 19 304 B 0 B 1 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void rethrows() {
//      CHECK: 21 456 B 152 B 1 3 0 152 B 0 B 152 B 20 B throws(1);
// CHECK-NEXT: 22 456 B 0 B 2 0 0 0 B 0 B 0 B 0 B } catch (int) {
// CHECK-NEXT: 23 1456 B 1000 B 1 1 0 1000 B 0 B 1000 B 1000 B kept = std::malloc(1000);
// CHECK-NEXT: 24 1456 B 0 B 1 0 0 0 B 0 B 0 B 0 B throw;
// CHECK-NEXT: 25 1456 B 0 B 1 0 0 0 B 0 B 0 B 0 B }
//      CHECK: Function: catches (1 call, 6 allocations, peak 1652 B, kept 1570 B)
//      CHECK: 28 304 B 0 B 1 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void catches() {
//      CHECK: 30 1456 B 1152 B 1 4 0 1152 B 0 B 1152 B 1020 B rethrows();
// CHECK-NEXT: 31 1456 B 0 B 1 0 0 0 B 0 B 0 B 0 B } catch (...) {
// CHECK-NEXT: 32 1956 B 500 B 1 1 0 500 B 0 B 500 B 500 B kept = std::malloc(500);
// CHECK-NEXT: 33 1824 B -132 B 1 0 1 0 B 132 B 0 B 0 B }
// CHECK-NEXT: 34 1874 B 50 B 1 1 0 50 B 0 B 50 B 50 B kept = std::malloc(50);
// CHECK-NEXT: 35 1874 B 0 B 1 0 0 0 B 0 B 0 B 0 B }
