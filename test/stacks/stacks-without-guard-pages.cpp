// Fibres on stacks that nothing separates: memprof says that it cannot tell them
// apart. Told where each begins with memprof_stack(), it can.
//
// RUN: for level in O0 O2; do \
// RUN:   %mclangxx -g -$level -std=c++17 %s -lboost_context -o %t.$level; \
// RUN:   env PROFILE_MEMORY=1 %t.$level 2>&1 | FileCheck --check-prefix=SAID %s \
// RUN:   || exit 1; \
// RUN: done
// RUN: env LEVELS="O0 O2" CFLAGS="-std=c++17 -lboost_context -DTELL" \
// RUN:   %every_level_cxx %s | FileCheck --implicit-check-not=unknown %s
#include "memprof.h"
#include <boost/context/fiber.hpp>
#include <cstdlib>

namespace ctx = boost::context;
static void *volatile kept;
alignas(16) static char memory[2][64 << 10]; // side by side

struct side_by_side {
  int which;
  using traits_type = ctx::stack_traits;
  ctx::stack_context allocate() {
#ifdef TELL
    memprof_stack(memory[which], sizeof memory[which]);
#endif
    ctx::stack_context stack;
    stack.size = sizeof memory[which];
    stack.sp = memory[which] + stack.size;
    return stack;
  }
  void deallocate(ctx::stack_context &) {}
};

MEMPROF_PROFILE void body(ctx::fiber &main, int bytes) {
  kept = std::malloc(bytes);
  main = std::move(main).resume();
  kept = std::malloc(1);
}

static ctx::fiber make(int which) {
  return ctx::fiber(std::allocator_arg, side_by_side{which},
                    [which](ctx::fiber &&main) {
                      body(main, 100 + which);
                      return std::move(main);
                    });
}

int main() {
  for (int i = 0; i < 3; i++) {
    ctx::fiber high = make(1), low = make(0);
    high = std::move(high).resume();
    low = std::move(low).resume();
    high = std::move(high).resume(); // its call ends first
    low = std::move(low).resume();
  }
}

// SAID: memprof: marked functions run on a stack of unknown size: two that lie side by side are taken for one (tell each with memprof_stack(), or give it a guard page)
// SAID-NOT: unknown size
//
// clang-format off
//      CHECK: Function: body (6 calls, 12 allocations, peak 102 B, kept 609 B)
//      CHECK: 34 0 B 0 B 6 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void body(ctx::fiber &main, int bytes) {
// CHECK-NEXT: 35 100 B 603 B 6 6 0 603 B 0 B 101 B 603 B kept = std::malloc(bytes);
// CHECK-NEXT: 36 100 B 0 B 6 0 0 0 B 0 B 0 B 0 B main = std::move(main).resume();
// CHECK-NEXT: 37 101 B 6 B 6 6 0 6 B 0 B 1 B 6 B kept = std::malloc(1);
// CHECK-NEXT: 38 101 B 0 B 6 0 0 0 B 0 B 0 B 0 B }
