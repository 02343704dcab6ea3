// Overloads share a name: their tables show the signature.
//
// RUN: %mclangxx -g %s -o %t && env PROFILE_MEMORY=1 %t 2>&1 | FileCheck %s
#include "memprof.h"

namespace store {
MEMPROF_PROFILE void put(int) {}
MEMPROF_PROFILE void put(const char *) {}
MEMPROF_PROFILE void get(int) {}
MEMPROF_PROFILE void drop(int) {}
} // namespace store

int main() {
  store::put(1);
  store::put("");
  store::get(1);
}

// CHECK: Function: store::put(int) (1 call,
// CHECK: Function: store::put(char const*) (1 call,
// CHECK: Function: store::get (1 call,
// CHECK: not executed:
// CHECK: store::drop(int) (
