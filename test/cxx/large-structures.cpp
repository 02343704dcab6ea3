// Structures that do not fit in registers: returned through memory of the
// caller, passed as copies on the stack, and with constructors, by address. The
// twin gets and gives what the function would.
//
// RUN: env LEVELS="O0 O2" CFLAGS=-std=c++17 %every_level_cxx %s \
// RUN:   | FileCheck %s
#include "memprof.h"
#include <cstdlib>
#include <utility>

// clang-format off
struct large {
  long field[40];
};
struct owner {
  __attribute__((noinline)) explicit owner(size_t bytes) : block(std::malloc(bytes)) {}
  owner(owner &&other) noexcept : block(std::exchange(other.block, nullptr)) {}
  __attribute__((noinline)) ~owner() { std::free(block); }
  void *block;
};
struct alignas(64) aligned {
  char field[64];
};

MEMPROF_PROFILE large make(long start) {
  large made;
  for (int i = 0; i < 40; i++)
    made.field[i] = start + i;
  std::free(std::malloc(sizeof made));
  return made;
}
MEMPROF_PROFILE long sum(large taken, int padding, aligned at, large again) {
  if (reinterpret_cast<size_t>(&at) % 64)
    return -1;
  taken.field[0] += padding;
  std::free(std::malloc(10));
  return taken.field[0] + again.field[39];
}
MEMPROF_PROFILE owner pass(owner taken) {
  owner fresh(100);
  return owner(std::move(taken)); // lives on; fresh does not
}
MEMPROF_PROFILE std::pair<double, long> two(double d, long l) {
  std::free(std::malloc(5));
  return {d * 2, l * 3};
}
MEMPROF_PROFILE long double wide(long double x, __int128 y) {
  std::free(std::malloc(6));
  return x + static_cast<long double>(y);
}

int main() {
  large made = make(7);
  aligned at = {};
  if (sum(made, 1000, at, made) != 1007 + 46 || made.field[0] != 7)
    return 1;
  owner kept = pass(owner(30));
  auto [d, l] = two(1.5, 4);
  return d != 3 || l != 12 || wide(1, 2) != 3 || !kept.block;
}

//      CHECK: Function: make (1 call, 1 allocation, peak 320 B, kept 0 B)
//      CHECK: 27 {{.*}} 41 0 0
// CHECK-NEXT: 28 {{.*}} 40 0 0
// CHECK-NEXT: 29 {{.*}} 0 B 1 1 1 320 B 320 B 320 B 0 B std::free
//      CHECK: Function: sum (1 call, 1 allocation, peak 10 B, kept 0 B)
//      CHECK: 36 {{.*}} 0 B 1 1 1 10 B 10 B 10 B 0 B std::free
//      CHECK: Function: pass (1 call, 1 allocation, peak 100 B, kept 0 B)
//      CHECK: 40 {{.*}} 100 B 1 1 0 100 B 0 B 100 B 0 B owner fresh
// CHECK-NEXT: 41 {{.*}} 0 B 1 0 0 {{.*}} lives on
// CHECK-NEXT: 42 {{.*}} -100 B 1 0 1 0 B 100 B 0 B 0 B }
//      CHECK: Function: two (1 call, 1 allocation, peak 5 B, kept 0 B)
//      CHECK: Function: wide (1 call, 1 allocation, peak 6 B, kept 0 B)
