// The standard library's containers, filled inside a marked function: what its
// inline code asks for stands on the caller's line. What the container still
// owns when the function returns is Kept until its owner, who is not marked,
// lets it go.
//
// RUN: env LEVELS="O0 O2" CFLAGS=-std=c++17 %every_level_cxx %s \
// RUN:   | FileCheck %s
#include "memprof.h"
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

// clang-format off
struct hundred {
  char byte[100];
};

MEMPROF_PROFILE static void fill(std::vector<long> &numbers,
                                 std::map<int, hundred> &table) {
  for (long i = 0; i < 100; i++)
    numbers.push_back(i); // 1, 2, 4 ... 128
  for (int i = 0; i < 3; i++)
    table[i] = hundred();
}
MEMPROF_PROFILE static void reserve(std::vector<long> &numbers) {
  numbers.reserve(1000);
  for (long i = 0; i < 1000; i++)
    numbers.push_back(i);
}
MEMPROF_PROFILE static std::string text() {
  std::string small(15, 's');
  std::string large(16, 'l');
  large += std::string(100, 'x');
  return large;
}
MEMPROF_PROFILE static std::shared_ptr<hundred> shared() {
  auto made = std::make_shared<hundred>();
  auto other = made;
  return other;
}
MEMPROF_PROFILE static std::function<int()> function() {
  hundred captured = {};
  int small = 1;
  std::function<int()> inside = [small] { return small; };
  std::function<int()> outside = [captured] { return captured.byte[0]; };
  return outside;
}

int main() {
  auto *outlives = new std::vector<long>; // is never released
  std::vector<long> numbers;
  std::map<int, hundred> table;
  fill(numbers, table);
  fill(*outlives, table);
  std::vector<long> reserved;
  reserve(reserved);
  std::string s = text();
  std::shared_ptr<hundred> p = shared();
  std::function<int()> f = function();
  return f() + static_cast<int>(s.size()) != 116;
}

// 8 x (1 + 2 + ... + 128) bytes a call; kept is the vector that outlives.
//      CHECK: Function: fill (2 calls, 19 allocations, peak 1536 B, kept 1024 B)
//      CHECK: 22 {{.*}} 0 B 202 0 0
// CHECK-NEXT: 23 {{.*}} 2048 B 200 16 14 4080 B 2032 B 1024 B 1024 B numbers.push_back
// CHECK-NEXT: 24 {{.*}} 0 B 8 0 0
// CHECK-NEXT: 25 {{.*}} 408 B 6 3 0 408 B 0 B 136 B 0 B table[i]
//      CHECK: Function: reserve (1 call, 1 allocation, peak 8000 B, kept 0 B)
//      CHECK: 28 {{.*}} 8000 B 1 1 0 8000 B 0 B 8000 B 0 B numbers.reserve
//      CHECK: 30 {{.*}} 0 B 1000 0 0
// 15 characters are stored inside; 16 need a block, with the closing zero.
//      CHECK: Function: text (1 call, 3 allocations, peak 235 B, kept 0 B)
//      CHECK: 33 {{.*}} 0 B 1 0 0 0 B 0 B 0 B 0 B std::string small
// CHECK-NEXT: 34 {{.*}} 17 B 1 1 0 17 B 0 B 17 B 0 B std::string large
// CHECK-NEXT: 35 {{.*}} 100 B 1 2 2 218 B 118 B 218 B 0 B large +=
// One block for the counts and the object, 8 + 8 + 100 in steps of 8.
//      CHECK: Function: shared (1 call, 1 allocation, peak 120 B, kept 0 B)
//      CHECK: 39 {{.*}} 120 B 1 1 0 120 B 0 B 120 B 0 B auto made
//      CHECK: Function: function (1 call, 1 allocation, peak 100 B, kept 0 B)
//      CHECK: 46 {{.*}} 0 B 1 0 0 0 B 0 B 0 B 0 B std::function<int()> inside
// CHECK-NEXT: 47 {{.*}} 100 B 1 1 0 100 B 0 B 100 B 0 B std::function<int()> outside
