// The dispatch does not keep a function from being inlined: one of a few
// instructions into the loop that calls it, without its test, and a large
// one into its only caller. The twin of a caller does not count as a second
// one, because it enters the twin.
//
// RUN: %clang -fpass-plugin=%plugin -g -O2 -S -emit-llvm %s -o - | FileCheck %s
// clang-format off
int opaque(int);

__attribute__((annotate("profile"))) static int small(int a, int b) {
  return a * 3 + b;
}

#define FOUR(n) opaque(n + 1) * opaque(n + 2) + opaque(n + 3) * opaque(n + 4)
__attribute__((annotate("profile"))) static int large(int n) {
  return FOUR(n) + FOUR(2 * n) + FOUR(3 * n) + FOUR(5 * n) + FOUR(7 * n);
}

__attribute__((annotate("profile"))) int in_loop(const int *a, int n) {
  int sum = 0;
  for (int i = 0; i < n; i++)
    sum += small(a[i], sum);
  return sum;
}

__attribute__((annotate("profile"))) int once(int n) {
  return large(n);
}

//   CHECK-LABEL: define {{.*}} @in_loop(
//     CHECK-NOT: call {{.*}} @small(
// CHECK-COUNT-1: load i32, {{.*}} @__memprofpass_object_awake
//     CHECK-NOT: @__memprofpass_object_awake
//     CHECK-NOT: @small.memprof(
//     CHECK-NOT: call {{.*}} @small(
//         CHECK: {{^}}}
//   CHECK-LABEL: define {{.*}} @once(
//     CHECK-NOT: call {{.*}} @large(
//         CHECK: call {{.*}} @opaque(
//     CHECK-NOT: call {{.*}} @large(
//         CHECK: {{^}}}
//   CHECK-LABEL: define {{.*}} @in_loop.memprof(
//         CHECK: call {{.*}} @small.memprof(
//         CHECK: {{^}}}
//   CHECK-LABEL: define {{.*}} @once.memprof(
//         CHECK: call {{.*}} @large.memprof(
