// Operators new and delete of every kind, also where they are invoked.
//
// RUN: %clangxx -std=c++17 -g -O0 -Xclang -disable-O0-optnone -S -emit-llvm \
// RUN:   %s -o - \
// RUN:   | %opt -load-pass-plugin=%plugin -passes=profile-memory,verify -S \
// RUN:   | FileCheck %s
#include <new>
struct noisy {
  ~noisy();
};
struct alignas(64) wide {
  char byte[64];
};
// clang-format off

// CHECK-LABEL: define internal {{.*}}@_Z4pairv.memprof(
// CHECK: [[BLOCK:%[0-9]+]] = {{call|invoke}} {{.*}}@_Znwm(i64 noundef 4) #[[NEW:[0-9]+]]
// CHECK: call void @__memprofpass_allocated({{.*}} [[BLOCK]], i64 4)
// CHECK: call void @__memprofpass_freed(
// CHECK: call void @_ZdlPv
__attribute__((annotate("profile"))) void pair() { delete new int; }

// CHECK-LABEL: define internal {{.*}}@_Z6invokem.memprof(
// CHECK: [[BLOCK:%[0-9]+]] = invoke {{.*}}@_Znam(i64
// CHECK-NEXT: to label %[[NORMAL:[0-9a-z._]+]] unwind
// CHECK: [[NORMAL]]:
// CHECK: call void @__memprofpass_allocated({{.*}} [[BLOCK]], i64
__attribute__((annotate("profile"))) char *invoke(unsigned long n) {
  noisy n1;
  return new char[n];
}

// CHECK-LABEL: define internal {{.*}}@_Z7alignedv.memprof(
// CHECK: [[BLOCK:%[0-9]+]] = {{call|invoke}} {{.*}}@_ZnwmSt11align_val_tRKSt9nothrow_t(i64 noundef 64, i64 noundef 64
// CHECK: call void @__memprofpass_allocated({{.*}} [[BLOCK]], i64 64)
__attribute__((annotate("profile"))) wide *aligned() { return new (std::nothrow) wide; }

// Placement new allocates nothing.
// CHECK-LABEL: define internal {{.*}}@_Z5placePv.memprof(
// CHECK-NOT: memprofpass_allocated
// CHECK: attributes #[[NEW]] = {
// CHECK-NOT: {{ builtin}}
// CHECK-SAME: nobuiltin
__attribute__((annotate("profile"))) int *place(void *at) { return new (at) int; }
