// Variable arguments can only be passed on by a musttail call. A function that
// also takes a structure on the stack is instrumented in place before LLVM 22.
//
// RUN: %clang -g -O0 -Xclang -disable-O0-optnone -S -emit-llvm %s -o - \
// RUN:   | %opt -load-pass-plugin=%plugin -passes=profile-memory,verify -S \
// RUN:   | FileCheck %s
// RUN: %mclang -g -O0 %s -o %t.0 && env PROFILE_MEMORY=1 %t.0 2>&1 \
// RUN:   | FileCheck --check-prefix=AWAKE %s
// RUN: %mclang -g -O2 %s -o %t.2 && env PROFILE_MEMORY=1 %t.2 2>&1 \
// RUN:   | FileCheck --check-prefix=AWAKE %s
#include <stdarg.h>

__attribute__((annotate("profile"))) int sum(int n, ...) {
  va_list args;
  va_start(args, n);
  int total = 0;
  while (n--)
    total += va_arg(args, int);
  va_end(args);
  return total;
}

struct large {
  int field[20];
};
__attribute__((annotate("profile"))) int large_sum(struct large l, int n, ...) {
  va_list args;
  va_start(args, n);
  int total = l.field[7];
  while (n--)
    total += va_arg(args, int);
  va_end(args);
  return total;
}

int main(void) {
  struct large l = {{0}};
  l.field[7] = 100;
  return sum(3, 1, 2, 3) + large_sum(l, 2, 20, 30) != 156;
}

// clang-format off
// CHECK-LABEL: define dso_local i32 @sum(
//      CHECK: memprof.awake:
//      CHECK:  [[R:%[0-9]+]] = musttail call i32 (i32, ...) @sum.memprof(
// CHECK-NEXT:  ret i32 [[R]]
// AWAKE: Function: sum (1 call,
// AWAKE: Function: large_sum (1 call,
