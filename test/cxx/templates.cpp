// Templates: every instance has a table of its own, named by its arguments; a
// specialisation is marked by itself; packs are expanded in the name.
//
// RUN: env LEVELS="O0 O2" %every_level_cxx %s | FileCheck %s
#include "memprof.h"
#include <cstdlib>
#include <string>

// clang-format off
template <class T> MEMPROF_PROFILE T *array(size_t n) {
  return static_cast<T *>(std::malloc(n * sizeof(T)));
}
template <> MEMPROF_PROFILE char *array<char>(size_t n) {
  return static_cast<char *>(std::malloc(n + 1));
}
template <> short *array<short>(size_t) { // not marked
  return static_cast<short *>(std::malloc(2));
}

template <class... T> MEMPROF_PROFILE size_t packed(T... parts) {
  size_t sizes[] = {sizeof(parts)...}, sum = 0;
  for (size_t size : sizes)
    std::free(std::malloc(size)), sum += size;
  return sum;
}

template <class T, int N> struct ring {
  MEMPROF_PROFILE void push() {
    slot[next++ % N] = std::malloc(sizeof(T));
  }
  void *slot[N] = {};
  int next = 0;
};
template <class T> struct ring<T, 1> {
  MEMPROF_PROFILE void push() {
    slot = std::malloc(1);
  }
  void *slot = nullptr;
};

int main() {
  std::free(array<int>(10));
  std::free(array<double>(10));
  std::free(array<char>(10));
  std::free(array<short>(10));
  bool right = packed() == 0 && packed('a', 1, 2.0) == 13;
  ring<long, 4> four;
  four.push();
  four.push();
  ring<long, 1> one;
  one.push();
  std::free(four.slot[0]);
  std::free(four.slot[1]);
  std::free(one.slot);
  return !right;
}

//      CHECK-DAG: Function: array<int> (1 call, 1 allocation, peak 40 B, kept 0 B)
//      CHECK-DAG: Function: array<double> (1 call, 1 allocation, peak 80 B, kept 0 B)
//      CHECK-DAG: Function: array<char> (1 call, 1 allocation, peak 11 B, kept 0 B)
//      CHECK-DAG: Function: packed<> (1 call, 0 allocations, peak 0 B, kept 0 B)
//      CHECK-DAG: Function: packed<char, int, double> (1 call, 3 allocations, peak 8 B, kept 0 B)
//      CHECK-DAG: 23 {{.*}} 0 B 3 3 3 13 B 13 B 8 B 0 B std::free(std::malloc(size))
//      CHECK-DAG: Function: ring<long, 4>::push (2 calls, 2 allocations, peak 8 B, kept 0 B)
//      CHECK-DAG: 29 {{.*}} 16 B 2 2 0 16 B 0 B 8 B 0 B slot[next
//      CHECK-DAG: Function: ring<long, 1>::push (1 call, 1 allocation, peak 1 B, kept 0 B)
