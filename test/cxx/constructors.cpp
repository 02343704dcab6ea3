// Constructors and destructors, marked from inside: clang 14 and 16 drop the
// attribute there. However many functions clang makes of one, each object built
// and each object destroyed is one call; what `delete` releases is the deleting
// line's.
//
// RUN: env LEVELS="O0 O2" %every_level_cxx %s \
// RUN:   | FileCheck --implicit-check-not=Function: %s
#include "memprof.h"
#include <cstdlib>

// clang-format off
struct base {
  explicit base(size_t bytes) {
    MEMPROF_PROFILE_BODY;
    block = std::malloc(bytes);
  }
  virtual ~base();
  void *block;
};
base::~base() {
  MEMPROF_PROFILE_BODY;
  std::free(block);
}

struct diamond : virtual base {
  diamond() : base(100) {
    MEMPROF_PROFILE_BODY;
    more = std::malloc(7);
  }
  ~diamond() override {
    MEMPROF_PROFILE_BODY;
    std::free(more);
  }
  void *more;
};
struct derived : diamond {
  derived() : base(1000) {}
};

struct list { // whose copy constructor calls itself
  list(list *next, size_t bytes) : next(next), block(std::malloc(bytes)) {
    MEMPROF_PROFILE_BODY;
  }
  list(const list &other) {
    MEMPROF_PROFILE_BODY;
    next = other.next ? new list(*other.next) : nullptr;
    block = std::malloc(3);
  }
  ~list() {
    MEMPROF_PROFILE_BODY;
    delete next;
    std::free(block);
  }
  list *next;
  void *block;
};

struct constant {
  constexpr constant(int n) : n(n) {
    MEMPROF_PROFILE_BODY;
  }
  int n;
};
static constexpr constant Three(3);
static_assert(Three.n == 3, "at compile time");

MEMPROF_PROFILE void use() {
  base b(10);
  base *d = new derived;
  delete d;
  diamond e;
  list first(new list(nullptr, 5), 6);
  list second(first);
  constant c(static_cast<int>(second.next != first.next));
  (void)c;
}

int main() { use(); }

// Three objects have a base: b, *d and e. Virtual bases are built by the
// outermost constructor only, so base(1000) is not diamond's.
//      CHECK: Function: base::base (3 calls, 3 allocations, peak 1000 B, kept 0 B)
//      CHECK: 14 MEMPROF_PROFILE_BODY;
// CHECK-NEXT: 15 110 B 1110 B 3 3 0 1110 B 0 B 1000 B 0 B block =
//      CHECK: Function: base::~base (3 calls, 0 allocations, peak 0 B, kept 0 B)
//      CHECK: 22 0 B -1110 B 3 0 3 0 B 1110 B 0 B 0 B std::free(block)
//      CHECK: Function: diamond::diamond (2 calls, 3 allocations, peak 107 B, kept 0 B)
//      CHECK: 26 110 B 100 B 2 1 0 100 B 0 B 100 B 0 B diamond() : base(100)
//      CHECK: 28 117 B 14 B 2 2 0 14 B 0 B 7 B 0 B more =
//      CHECK: Function: diamond::~diamond (2 calls, 0 allocations, peak 0 B, kept 0 B)
//      CHECK: 32 110 B -14 B 2 0 2 0 B 14 B 0 B 0 B std::free(more)
//      CHECK: Function: list::list(list*, unsigned long) (2 calls, 2 allocations, peak 6 B, kept 0 B)
//      CHECK: 41 144 B 11 B 2 2 0 11 B 0 B 6 B 0 B list(list *next
//      CHECK: Function: list::list(list const&) (2 calls, 3 allocations, peak 22 B, kept 0 B)
//      CHECK: 46 163 B 16 B 2 1 0 16 B 0 B 19 B 0 B next =
// CHECK-NEXT: 47 166 B 6 B 2 2 0 6 B 0 B 3 B 0 B block =
//      CHECK: Function: list::~list (4 calls, 0 allocations, peak 0 B, kept 0 B)
//      CHECK: 51 123 B -32 B 4 0 2 0 B 32 B 0 B 0 B delete next
// CHECK-NEXT: 52 117 B -17 B 4 0 4 0 B 17 B 0 B 0 B std::free(block)
//      CHECK: Function: constant::constant (1 call, 0 allocations,
//      CHECK: Function: use (1 call, 12 allocations, peak 1049 B, kept 0 B)
//      CHECK: 68 10 B 10 B 1 1 0 10 B 0 B 10 B 0 B base b(10)
// CHECK-NEXT: 69 1049 B 1039 B 1 3 0 1039 B 0 B 1039 B 0 B base *d =
// CHECK-NEXT: 70 10 B -1039 B 1 0 3 0 B 1039 B 0 B 0 B delete d
// CHECK-NEXT: 71 117 B 107 B 1 2 0 107 B 0 B 107 B 0 B diamond e
// CHECK-NEXT: 72 144 B 27 B 1 3 0 27 B 0 B 27 B 0 B list first
// CHECK-NEXT: 73 166 B 22 B 1 3 0 22 B 0 B 22 B 0 B list second
//      CHECK: 76 0 B -166 B 1 0 9 0 B 166 B 0 B 0 B }
