// Objects built with and without the pass share inline functions, in any order
// and with any linker; the linker keeps one copy of each, with its record. An
// object that dropped its use of one must not stand in for one that has it.
//
// RUN: %clangxx -g -O1 -DFIRST -c %s -o %t.plain1.o
// RUN: %clangxx -g -O1 -c %s -o %t.plain2.o
// RUN: %mclangxx -g -O2 -DFIRST -c %s -o %t.ours1.o
// RUN: %mclangxx -g -O0 -c %s -o %t.ours2.o
// RUN: for linker in bfd gold lld; do for sections in --gc-sections \
// RUN:   --no-gc-sections; do \
// RUN:     for pair in 'ours1 ours2' 'ours2 ours1' 'plain1 ours2' \
// RUN:       'ours2 plain1' 'ours1 plain2' 'plain2 ours1'; do \
// RUN:       set -- $pair; \
// RUN:       %mclangxx -fuse-ld=$linker -Wl,$sections %t.$1.o %t.$2.o -o %t \
// RUN:         && %t || exit 1; \
// RUN: done; done; done
// RUN: %mclangxx %t.ours1.o %t.ours2.o -o %t
// RUN: env PROFILE_MEMORY=1 %t 2>&1 | FileCheck %s
#include <cstdlib>
#define MARK __attribute__((annotate("profile")))

inline MARK int shared(int n) {
  std::free(std::malloc(n));
  return n + 1;
}
template <class T> MARK T twice(T value) { return value * 2; }
struct base {
  MARK virtual ~base() {}
  MARK virtual int member() { return 4; }
};
inline MARK int rare(int n) { return n; }

int second(int n);
#ifdef FIRST
int main(int argc, char **argv) {
  // Dropped by the optimiser here, needed there.
  if (argc != argc)
    rare(argc);
  base b;
  int sum = shared(1) + twice(2) + b.member() + second(argc);
  return sum == 2 + 4 + 4 + 15 ? 0 : 1;
}
#else
int second(int n) { return shared(2) + twice(3) + (int)twice(2.5) + rare(n); }
#endif

// CHECK-DAG: Function: shared (2 calls, 2 allocations,
// CHECK-DAG: Function: twice<int> (2 calls,
// CHECK-DAG: Function: base::member (1 call,
// CHECK-DAG: Function: rare (1 call,
