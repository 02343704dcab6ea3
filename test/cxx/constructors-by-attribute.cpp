// Constructors and destructors marked by the attribute: clang 19 and later keep
// it, clang 14 and 16 drop it without a word. A function list reaches them with
// every clang, and counts what the attribute counts.
//
// RUN: env LEVELS="O0 O2" %every_level_cxx %s \
// RUN:   | FileCheck --check-prefix=LLVM-%llvm_major %s
// RUN: env LEVELS="O0 O2" \
// RUN:   CFLAGS="-mllvm -profile-memory-functions=box::*box" \
// RUN:   %every_level_cxx %s | FileCheck %s
#include "memprof.h"
#include <cstdlib>

// clang-format off
struct box {
  MEMPROF_PROFILE box() : box(10) {
    more = std::malloc(5);
  }
  MEMPROF_PROFILE explicit box(size_t bytes) : block(std::malloc(bytes)) {}
  MEMPROF_PROFILE virtual ~box() {
    std::free(block);
    std::free(more);
  }
  void *block, *more = nullptr;
};

int main() {
  box one;
  delete new box(300);
}

// LLVM-14-NOT: Function: box
// LLVM-16-NOT: Function: box
// LLVM-19: Function: box::~box (2 calls, 0 allocations,
// LLVM-22: Function: box::~box (2 calls, 0 allocations,
//
//   CHECK-DAG: Function: box::box() (1 call, 2 allocations, peak 15 B, kept 0 B)
//   CHECK-DAG: 15 {{.*}} 10 B 1 1 0 10 B 0 B 10 B 0 B MEMPROF_PROFILE box() : box(10)
//   CHECK-DAG: 16 {{.*}} 5 B 1 1 0 5 B 0 B 5 B 0 B more =
//   CHECK-DAG: Function: box::box(unsigned long) (2 calls, 2 allocations, peak 300 B, kept 0 B)
//   CHECK-DAG: Function: box::~box (2 calls, 0 allocations, peak 0 B, kept 0 B)
//   CHECK-DAG: 20 {{.*}} -310 B 2 0 2 0 B 310 B 0 B 0 B std::free(block)
//   CHECK-DAG: 21 {{.*}} -5 B 2 0 1 0 B 5 B 0 B 0 B std::free(more)
