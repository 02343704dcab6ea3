// Where a marked function is inlined into another the test of the outer one
// stands for both, and the inner call of a twin is gone. Stores of the user's
// are not in the way, by whatever type; a call that nobody knows is: it may have
// been memprof_enable().
//
// RUN: %clang -fpass-plugin=%plugin -g -O2 -S -emit-llvm %s -o - | FileCheck %s
// RUN: %clangxx -x c++ -fpass-plugin=%plugin -g -O2 -S -emit-llvm %s -o - \
// RUN:   | FileCheck %s
#ifdef __cplusplus
#define C extern "C"
#else
#define C
#endif
#define MARK C __attribute__((annotate("profile")))
C void opaque(void);

MARK void set(char *c, int *n) {
  *c = 1;
  *n = 2;
}

MARK void stores(char *c, int *n, long *l) {
  *c = 3;
  *l = 4;
  set(c, n);
  set(c + 1, n + 1);
}

MARK void calls(char *c, int *n) {
  set(c, n);
  opaque();
  set(c, n);
}

// clang-format off
//   CHECK-LABEL: define {{.*}} @stores(
// CHECK-COUNT-1: load i32, {{.*}} @__memprofpass_object_awake
//     CHECK-NOT: @__memprofpass_object_awake
//     CHECK-NOT: @set.memprof(
//         CHECK: {{^}}}
//   CHECK-LABEL: define {{.*}} @calls(
// CHECK-COUNT-1: load i32, {{.*}} @__memprofpass_object_awake
//     CHECK-NOT: @__memprofpass_object_awake
//         CHECK: call void @opaque()
// CHECK-COUNT-1: load i32, {{.*}} @__memprofpass_object_awake
//     CHECK-NOT: @__memprofpass_object_awake
//         CHECK: call {{.*}} @set.memprof(
//         CHECK: {{^}}}
