// memprof_enable() in the middle of marked functions that began asleep acts on
// the next call of a marked function, also where that is inlined into them and
// was tested before: by none of the levels is the second test taken for the
// first. memprof_disable() does the same the other way round.
//
// RUN: %every_level %s | FileCheck %s
#include <memprof.h>
#include <stdlib.h>
#define MARK __attribute__((annotate("profile")))
// clang-format off
MARK static inline void inner(void **p, int n) {
  *p = malloc(n);
}
MARK static inline void middle(void **p, int n) {
  inner(p, n);
  inner(p + 1, 2 * n);
}
MARK static void outer(void **p) {
  middle(p, 1);
  memprof_enable();
  middle(p + 2, 10);
  inner(p + 4, 40);
  memprof_disable();
  middle(p + 5, 100);
}
MARK static void loop(void **p) {
  for (int i = 0; i < 4; i++) {
    if (i == 2)
      memprof_enable();
    inner(p + i, 1000);
  }
}
int main(void) {
  void *p[7], *q[4];
  memprof_disable();
  outer(p);
  loop(q);
  return !p[6] + !q[3];
}

// 10 + 20 by middle, 40 and 2 x 1000
// CHECK: Function: inner (5 calls, 5 allocations, {{.*}}kept 2070 B
// CHECK: Function: middle (1 call, 2 allocations, {{.*}}kept 30 B
// CHECK: not executed:
// CHECK-NEXT: outer
// CHECK-NEXT: loop
