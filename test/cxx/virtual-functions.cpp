// Virtual functions, overridden, called through bases, through the thunk of a
// second base, and with covariant results, whose thunks adjust what they
// return. A thunk is not the user's: it has no table and no call of its own.
//
// RUN: env LEVELS="O0 O2" %every_level_cxx %s | FileCheck --implicit-check-not=Function: %s
#include "memprof.h"
#include <cstdlib>

// clang-format off
struct first {
  virtual ~first() {}
  int number = 0;
};
struct second {
  virtual ~second() {}
  MEMPROF_PROFILE virtual void take(size_t bytes) {
    std::free(std::malloc(bytes));
  }
  virtual second *copy() = 0;
  int number = 0;
};
struct both : first, second {
  MEMPROF_PROFILE void take(size_t bytes) override {
    second::take(bytes);
    std::free(std::malloc(bytes));
  }
  MEMPROF_PROFILE both *copy() override {
    return new both;
  }
};
struct last : virtual both {
  MEMPROF_PROFILE void take(size_t bytes) final {
    std::free(std::malloc(2 * bytes));
  }
};

int main(int argc, char **) {
  both b;
  last l;
  second *seen[] = {&b, &l};
  for (second *one : seen)
    one->take(100);
  second *copied = seen[argc - 1]->copy();
  bool right = copied == static_cast<second *>(dynamic_cast<both *>(copied));
  delete copied;
  return !right;
}

//      CHECK: Function: second::take (1 call, 1 allocation, peak 100 B, kept 0 B)
//      CHECK: 17 {{.*}} 0 B 1 1 1 100 B 100 B 100 B 0 B std::free
//      CHECK: Function: both::take (1 call, 2 allocations, peak 100 B, kept 0 B)
//      CHECK: 24 {{.*}} 0 B 1 1 1 100 B 100 B 100 B 0 B second::take
//      CHECK: 25 {{.*}} 0 B 1 1 1 100 B 100 B 100 B 0 B std::free
//      CHECK: Function: both::copy (1 call, 1 allocation, peak 32 B, kept 0 B)
//      CHECK: 28 {{.*}} 32 B 1 1 0 32 B 0 B 32 B 0 B return new both
//      CHECK: Function: last::take (1 call, 1 allocation, peak 200 B, kept 0 B)
//      CHECK: 33 {{.*}} 0 B 1 1 1 200 B 200 B 200 B 0 B std::free
