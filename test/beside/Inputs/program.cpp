/* Containers, operator new in its forms, and threads one after the other, which
 * use the same counters. */
#include "memprof.h"
#include <memory>
#include <thread>
#include <vector>

static void *volatile kept;
static __attribute__((noinline)) void *hide(void *block) {
  kept = block;
  return kept;
}
struct alignas(64) big {
  char bytes[128];
};

MEMPROF_PROFILE static void work(int count) {
  std::vector<int> numbers;
  for (int i = 0; i < count; i++)
    numbers.push_back(i);
  std::vector<char> text(101);
  auto array = std::make_unique<char[]>(50);
  hide(array.get());
  std::unique_ptr<big> aligned(new big);
  hide(aligned.get());
}

int main() {
  for (int i = 0; i < 4; i++)
    std::thread(work, 10).join();
  return 0;
}

// 4 + 8 + 16 + 32 + 64 bytes of numbers, 101 of text
// clang-format off
//      CHECK: Function: work (4 calls, 32 allocations, peak 343 B, kept 0 B)
//      CHECK: 20 64 B 256 B 40 20 16 496 B 240 B 64 B 0 B numbers.push_back
// CHECK-NEXT: 21 165 B 404 B 4 4 0 404 B 0 B 101 B 0 B std::vector
// CHECK-NEXT: 22 215 B 200 B 4 4 0 200 B 0 B 50 B 0 B auto array
// CHECK-NEXT: 23 215 B 0 B 4 0 0 0 B 0 B 0 B 0 B hide
// CHECK-NEXT: 24 343 B 512 B 4 4 0 512 B 0 B 128 B 0 B std::unique_ptr
// CHECK-NEXT: 25 343 B 0 B 4 0 0 0 B 0 B 0 B 0 B hide
// CHECK-NEXT: 26 0 B -1372 B 4 0 16 0 B 1372 B 0 B 0 B }
