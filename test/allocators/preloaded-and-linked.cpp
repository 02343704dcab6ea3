// The same numbers over glibc's allocator and over jemalloc, tcmalloc and
// mimalloc, preloaded or linked: also of operator new and delete, which theirs
// do not pass on to malloc.
//
// clang-format off
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: for level in O0 O2; do \
// RUN:   %mclangxx -std=c++17 -fsized-deallocation -mllvm -profile-memory-opaque-allocations -g -$level -c %s -o $level.o || exit 1; \
// RUN:   %mclangxx $level.o -o plain || exit 1; \
// RUN:   sh %S/Inputs/report.sh ./plain > $level.txt || exit 1; \
// RUN: for allocator in libjemalloc.so.2 libtcmalloc.so.4 libtcmalloc_minimal.so.4 libmimalloc.so.2; do \
// RUN:   echo "$allocator, -$level"; \
// RUN:   LD_PRELOAD=$allocator sh %S/Inputs/report.sh ./plain > preloaded.txt || exit 1; \
// RUN:   diff $level.txt preloaded.txt || exit 1; \
// RUN:   %mclangxx $level.o -l:$allocator -o linked || exit 1; \
// RUN:   sh %S/Inputs/report.sh ./linked > linked.txt || exit 1; \
// RUN:   diff $level.txt linked.txt || exit 1; \
// RUN: done; done
// RUN: diff O0.txt O2.txt && FileCheck %s < O0.txt
// clang-format on
#include "memprof.h"
#include <malloc.h>
#include <memory>
#include <new>
#include <stdlib.h>
#include <string.h>
#include <string>
#include <vector>

struct alignas(128) wide {
  char bytes[256];
};

MEMPROF_PROFILE void c_functions() {
  void *p = malloc(10);
  p = realloc(p, 1000);
  free(p);
  free(calloc(3, 7));
  free(aligned_alloc(64, 128));
  if (posix_memalign(&p, 64, 33) == 0)
    free(p);
  free(strdup("seven+"));
}

MEMPROF_PROFILE void *new_and_delete() {
  delete new long;
  delete[] new char[100];
  delete new wide;
  delete[] new wide[2];
  ::operator delete(::operator new(50, std::nothrow), std::nothrow);
  ::operator delete(::operator new(60), size_t(60));
  return ::operator new(30);
}

MEMPROF_PROFILE size_t containers() {
  std::vector<int> numbers;
  for (int i = 0; i < 5; i++)
    numbers.push_back(i);
  std::string text(99, 'x');
  auto shared = std::make_unique<char[]>(40);
  return numbers.size() + text.size() + size_t(shared[0]);
}

int main() {
  c_functions();
  void *kept = new_and_delete();
  bool right = containers() == 104;
  ::operator delete(kept);
  return !right;
}

// clang-format off
// 10 + 1000 + 21 + 128 + 33 + 7 bytes; strdup's text and its terminator.
//      CHECK: Function: c_functions (1 call, 6 allocations, peak 1000 B, kept 0 B)
//      CHECK: 36 1000 B 990 B 1 1 1 1000 B 10 B 990 B 0 B p = realloc
// Two wide ones take 512 bytes; the last, of 30, main releases.
//      CHECK: Function: new_and_delete (1 call, 7 allocations, peak 512 B, kept 0 B)
//      CHECK: 49 0 B 0 B 1 1 1 512 B 512 B 512 B 0 B delete[] new wide[2];
//      CHECK: 52 30 B 30 B 1 1 0 30 B 0 B 30 B 0 B return
// A vector of 1, 2, 4 and 8 numbers, 99 letters and a terminator, 40 bytes:
// 32 + 100 + 40 at the end, which are released there. From LLVM 19 on the
// optimiser deletes the 40 of make_unique, an unmarked callee, unless
// allocations are opaque.
//      CHECK: Function: containers (1 call, 6 allocations, peak 172 B, kept 0 B)
//      CHECK: 58 62 B 32 B 5 4 3 60 B 28 B 32 B 0 B numbers.push_back(i);
//      CHECK: 62 30 B -172 B 1 0 3 0 B 172 B 0 B 0 B }
//  CHECK-NOT: memprof:
