// Member functions of every kind, in namespaces, one of them without a name:
// each has a table under its qualified name, and its bytes on its line.
//
// RUN: env LEVELS="O0 O2" %every_level_cxx %s | FileCheck %s
#include "memprof.h"
#include <cstddef>
#include <cstdlib>

// clang-format off
namespace store {
class box {
public:
  MEMPROF_PROFILE void fill(size_t bytes) {
    block = std::malloc(bytes);
  }
  MEMPROF_PROFILE static void *make(size_t bytes) noexcept {
    return std::malloc(bytes);
  }
  MEMPROF_PROFILE void drop() const & {
    std::free(block);
  }
  MEMPROF_PROFILE box &operator+=(size_t bytes) {
    block = std::realloc(block, bytes);
    return *this;
  }
  MEMPROF_PROFILE explicit operator void *() const {
    return std::malloc(6);
  }
  MEMPROF_PROFILE void *operator()(size_t a, size_t b) {
    return std::malloc(a * b);
  }
  void *block = nullptr;
};
MEMPROF_PROFILE void *operator*(const box &, size_t bytes) {
  return std::malloc(bytes);
}
namespace {
MEMPROF_PROFILE void *hidden(size_t bytes) {
  return std::malloc(bytes);
}
} // namespace
inline namespace v2 {
MEMPROF_PROFILE constexpr size_t both(size_t bytes) {
  return bytes < 100 ? bytes : (std::free(std::malloc(bytes)), bytes);
}
} // namespace v2
} // namespace store

int main() {
  using namespace store;
  static_assert(both(7) == 7, "at compile time, where nothing is counted");
  box b;
  b.fill(10);
  b += 30;
  b.drop();
  std::free(box::make(100));
  std::free(static_cast<void *>(b));
  std::free(b(4, 5));
  std::free(b * 40);
  std::free(hidden(both(700)));
}

//      CHECK: Function: store::box::fill (1 call, 1 allocation, peak 10 B, kept 0 B)
//      CHECK: 14 10 B 10 B 1 1 0 10 B 0 B 10 B 0 B block = std::malloc
//      CHECK: Function: store::box::make (1 call, 1 allocation, peak 100 B, kept 0 B)
//      CHECK: 17 {{.*}} 100 B 1 1 0 100 B 0 B 100 B 0 B return
//      CHECK: Function: store::box::drop (1 call, 0 allocations,
//      CHECK: 20 {{.*}} -30 B 1 0 1 0 B 30 B 0 B 0 B std::free
//      CHECK: Function: store::box::operator+= (1 call, 1 allocation, peak 20 B, kept 0 B)
//      CHECK: 23 {{.*}} 20 B 1 1 1 30 B 10 B 20 B 0 B block = std::realloc
//      CHECK: Function: store::box::operator void* (1 call, 1 allocation,
//      CHECK: 27 {{.*}} 6 B 1 1 0 6 B 0 B 6 B 0 B return
//      CHECK: Function: store::box::operator() (1 call, 1 allocation,
//      CHECK: 30 {{.*}} 20 B 1 1 0 20 B 0 B 20 B 0 B return
//      CHECK: Function: store::operator* (1 call, 1 allocation,
//      CHECK: 35 {{.*}} 40 B 1 1 0 40 B 0 B 40 B 0 B return
//      CHECK: Function: store::(anonymous namespace)::hidden (1 call, 1 allocation,
//      CHECK: 39 {{.*}} 700 B 1 1 0 700 B 0 B 700 B 0 B return
//      CHECK: Function: store::v2::both (1 call, 1 allocation,
//      CHECK: 44 {{.*}} 0 B 1 1 1 700 B 700 B 700 B 0 B return
