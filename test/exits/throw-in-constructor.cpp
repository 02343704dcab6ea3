// A constructor that throws: `new` gives the memory back, members that were
// made are destroyed, and all of it stands on the line of the `new`; the
// members' own marked functions are exited.
//
// RUN: env LEVELS="O0 O2" %every_level_cxx %s | FileCheck %s
#include "memprof.h"
#include <cstdlib>

struct part {
  void *block;
  MEMPROF_PROFILE static void *make(std::size_t size, bool fails) {
    void *block = std::malloc(size);
    if (fails) {
      std::free(block);
      throw 1;
    }
    return block;
  }
  part(std::size_t size, bool fails) : block(make(size, fails)) {}
  ~part() { std::free(block); }
};

struct whole {
  char padding[1000 - 2 * sizeof(part)];
  part first, second;
  explicit whole(bool fails) : first(100, false), second(200, fails) {}
};

static whole *volatile made;

MEMPROF_PROFILE void builds(bool fails) {
  try {
    made = new whole(fails);
  } catch (int) {
    made = nullptr;
  }
  delete made;
}

int main() {
  builds(true);
  builds(false);
}

// clang-format off
//      CHECK: Function: part::make (4 calls, 5 allocations, peak 200 B, kept 0 B)
//      CHECK: 11 1100 B 0 B 4 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE static void *make(std::size_t size, bool fails) {
// CHECK-NEXT: 12 1300 B 600 B 4 4 0 600 B 0 B 200 B 0 B void *block = std::malloc(size);
// CHECK-NEXT: 13 1300 B 0 B 4 0 0 0 B 0 B 0 B 0 B if (fails) {
// CHECK-NEXT: 14 1100 B -200 B 1 0 1 0 B 200 B 0 B 0 B std::free(block);
// CHECK-NEXT: 15 1232 B 132 B 1 1 0 132 B 0 B 132 B 0 B throw 1;
//      CHECK: 17 1232 B 0 B 3 0 0 0 B 0 B 0 B 0 B return block;
//      CHECK: Function: builds (2 calls, 7 allocations, peak 1300 B, kept 0 B)
//      CHECK: 31 0 B 0 B 2 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void builds(bool fails) {
//      CHECK: 33 1300 B 1432 B 2 7 3 2732 B 1300 B 1300 B 0 B made = new whole(fails);
// CHECK-NEXT: 34 1300 B 0 B 2 0 0 0 B 0 B 0 B 0 B } catch (int) {
// CHECK-NEXT: 35 1300 B 0 B 1 0 0 0 B 0 B 0 B 0 B made = nullptr;
// CHECK-NEXT: 36 0 B -132 B 1 0 1 0 B 132 B 0 B 0 B }
// CHECK-NEXT: 37 0 B -1300 B 2 0 3 0 B 1300 B 0 B 0 B delete made;
// CHECK-NEXT: 38 0 B 0 B 2 0 0 0 B 0 B 0 B 0 B }
