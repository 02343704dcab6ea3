// Every operator new and delete: single, array, aligned, nothrow, sized and
// placement. The bytes are those that the expression asks for; of an array with a
// destructor that is a count of 8 bytes more.
//
// RUN: env LEVELS="O0 O2" CFLAGS="-std=c++17 -fsized-deallocation" \
// RUN:   %every_level_cxx %s | FileCheck --check-prefixes=CHECK,AUTO %s
// RUN: env LEVELS="O0 O2" CFLAGS="-std=c++17 -fsized-deallocation" \
// RUN:   OPTIONS=hooks=direct %every_level_cxx %s \
// RUN:   | FileCheck --check-prefixes=CHECK,DIRECT %s
#include "memprof.h"
#include <new>

// clang-format off
struct noisy {
  ~noisy() { ++gone; }
  char byte[10];
  static int gone;
};
int noisy::gone;
struct alignas(64) wide {
  char byte[128];
};
struct throws {
  throws() { throw 1; }
  char byte[33];
};

MEMPROF_PROFILE static void news() {
  delete new int;
  delete[] new char[30];
  delete new noisy;
  delete[] new noisy[5];
  delete new wide;
  delete[] new wide[2];
  delete new (std::nothrow) int;
  delete[] new (std::nothrow) char[7];
  delete new (std::nothrow) wide;
  ::operator delete(::operator new(50));
  ::operator delete(::operator new(60), static_cast<std::size_t>(60));
  ::operator delete[](::operator new[](70), std::nothrow);
  std::align_val_t by{256};
  ::operator delete(::operator new(512, by), 512, by);
  alignas(noisy) char place[sizeof(noisy)];
  (new (place) noisy)->~noisy();
  try {
    new throws; // which releases it
  } catch (int) {
  }
  void *none = ::operator new(static_cast<std::size_t>(-1) / 2, std::nothrow);
  ::operator delete(none);
}

int main() {
  news();
  return noisy::gone != 7;
}

// An exception is a block too (its head of 128 bytes and the int), which the
// allocator's entry points see and the calls in this file do not show. The
// library's nothrow operator catches std::bad_alloc, 128 + 8 bytes.
//       AUTO: Function: news (1 call, 16 allocations, peak 512 B, kept 0 B)
//     DIRECT: Function: news (1 call, 14 allocations, peak 512 B, kept 0 B)
//      CHECK: 29 0 B 0 B 1 1 1 4 B 4 B 4 B 0 B delete new int;
// CHECK-NEXT: 30 0 B 0 B 1 1 1 30 B 30 B 30 B 0 B
// CHECK-NEXT: 31 0 B 0 B 1 1 1 10 B 10 B 10 B 0 B
// CHECK-NEXT: 32 0 B 0 B 1 1 1 58 B 58 B 58 B 0 B
// CHECK-NEXT: 33 0 B 0 B 1 1 1 128 B 128 B 128 B 0 B
// CHECK-NEXT: 34 0 B 0 B 1 1 1 256 B 256 B 256 B 0 B
// CHECK-NEXT: 35 0 B 0 B 1 1 1 4 B 4 B 4 B 0 B
// CHECK-NEXT: 36 0 B 0 B 1 1 1 7 B 7 B 7 B 0 B
// CHECK-NEXT: 37 0 B 0 B 1 1 1 128 B 128 B 128 B 0 B
// CHECK-NEXT: 38 0 B 0 B 1 1 1 50 B 50 B 50 B 0 B
// CHECK-NEXT: 39 0 B 0 B 1 1 1 60 B 60 B 60 B 0 B
// CHECK-NEXT: 40 0 B 0 B 1 1 1 70 B 70 B 70 B 0 B
//      CHECK: 42 0 B 0 B 1 1 1 512 B 512 B 512 B 0 B
//      CHECK: 44 0 B 0 B 1 0 0 0 B 0 B 0 B 0 B (new (place)
//       AUTO: 46 132 B 132 B 1 2 1 165 B 33 B 165 B 0 B new throws;
//  AUTO-NEXT: 47
//  AUTO-NEXT: 48 0 B -132 B 1 0 1 0 B 132 B 0 B 0 B }
//  AUTO-NEXT: 49 0 B 0 B 1 1 1 136 B 136 B 136 B 0 B void *none
//     DIRECT: 46 0 B 0 B 1 1 1 33 B 33 B 33 B 0 B new throws;
//     DIRECT: 49 0 B 0 B 1 0 0 0 B 0 B 0 B 0 B void *none
