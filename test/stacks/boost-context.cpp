// Boost.Context's fibres: four of them, each inside a marked function while the
// others run, from stacks with guard pages. A fibre that another thread goes on
// with counts on; one that is destroyed unwinds, and its calls are over.
//
// RUN: env LEVELS="O0 O2" PEAK_RACES=1 \
// RUN:   CFLAGS="-std=c++17 -pthread -lboost_context" %every_level_cxx %s \
// RUN:   | FileCheck %s
#include "memprof.h"
#include <boost/context/fiber.hpp>
#include <boost/context/protected_fixedsize_stack.hpp>
#include <cstdlib>
#include <thread>
#include <vector>

namespace ctx = boost::context;
static void *volatile kept;

MEMPROF_PROFILE void inner(ctx::fiber &main) {
  kept = std::malloc(100);
  main = std::move(main).resume();
  kept = std::malloc(1);
}

MEMPROF_PROFILE void body(ctx::fiber &main, int turns) {
  for (int i = 0; i < turns; i++)
    inner(main);
}

static ctx::fiber make(int turns) {
  return ctx::fiber(std::allocator_arg,
                    ctx::protected_fixedsize_stack(64 << 10),
                    [turns](ctx::fiber &&main) {
                      body(main, turns);
                      return std::move(main);
                    });
}

MEMPROF_PROFILE void schedules(std::vector<ctx::fiber> &fibres, int turns) {
  for (int turn = 0; turn < turns; turn++)
    for (auto &fibre : fibres) {
      fibre = std::move(fibre).resume();
      kept = std::malloc(7);
    }
}

int main() {
  std::vector<ctx::fiber> fibres;
  for (int i = 0; i < 4; i++)
    fibres.push_back(make(10));
  schedules(fibres, 5);
  std::thread([&] { schedules(fibres, 5); }).join();
  schedules(fibres, 1); // now they end
  fibres.clear();
  // A fibre that never ends is unwound.
  ctx::fiber last = make(10);
  last = std::move(last).resume();
}

// clang-format off
//      CHECK: Function: inner (41 calls, 82 allocations, peak 244 B, kept 4140 B)
//      CHECK: 18 1010 B 0 B 41 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void inner(ctx::fiber &main) {
// CHECK-NEXT: 19 1110 B 4100 B 41 41 0 4100 B 0 B 100 B 4100 B kept = std::malloc(100);
// CHECK-NEXT: 20 1254 B 144 B 41 1 0 144 B 0 B 144 B 0 B main = std::move(main).resume();
// CHECK-NEXT: 21 1010 B 40 B 40 40 0 40 B 0 B 1 B 40 B kept = std::malloc(1);
// CHECK-NEXT: 22 1010 B 0 B 40 0 0 0 B 0 B 0 B 0 B }
//      CHECK: Function: body (5 calls, 82 allocations, peak 1010 B, kept 4140 B)
//      CHECK: 24 1010 B 0 B 5 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void body(ctx::fiber &main, int turns) {
// CHECK-NEXT: 25 1010 B 0 B 45 0 0 0 B 0 B 0 B 0 B for (int i = 0; i < turns; i++)
// CHECK-NEXT: 26 1254 B 4284 B 41 82 0 4284 B 0 B 244 B 4140 B inner(main);
// CHECK-NEXT: 27 1254 B 0 B 4 0 0 0 B 0 B 0 B 0 B }
//      CHECK: Function: schedules (3 calls, 44 allocations, peak 140 B, kept 308 B)
//      CHECK: 38 140 B 0 B 3 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void schedules(std::vector<ctx::fiber> &fibres, int turns) {
// CHECK-NEXT: 39 140 B 0 B 14 0 0 0 B 0 B 0 B 0 B for (int turn = 0; turn < turns; turn++)
// CHECK-NEXT: 40 140 B 0 B 55 0 0 0 B 0 B 0 B 0 B for (auto &fibre : fibres) {
// CHECK-NEXT: 41 140 B 0 B 44 0 0 0 B 0 B 0 B 0 B fibre = std::move(fibre).resume();
// CHECK-NEXT: 42 168 B 308 B 44 44 0 308 B 0 B 7 B 308 B kept = std::malloc(7);
// CHECK-NEXT: 43 168 B 0 B 11 0 0 0 B 0 B 0 B 0 B }
// CHECK-NEXT: 44 168 B 0 B 3 0 0 0 B 0 B 0 B 0 B }
