// f keeps its body behind a test of its object's word; the twin has one of its
// own. The word is one for all modules that are linked together. Whether f is
// selected its live word says; who calls a marked function leaves that to the
// twin.
//
// RUN: %clang -g -O0 -Xclang -disable-O0-optnone -S -emit-llvm %s -o - \
// RUN:   | %opt -load-pass-plugin=%plugin -passes=profile-memory,verify -S \
// RUN:   | FileCheck %s
void g(int);
__attribute__((annotate("profile"))) int f(int n) {
  g(n);
  return n;
}

int unmarked(int n) { return n + 1; }

__attribute__((annotate("profile"))) int caller(int n) { return f(n); }

// clang-format off
// CHECK-DAG: @f.memprof.live = internal global {{.*}}section "memprof_live"
// CHECK-DAG: @f.memprof.record = internal constant {{.*}}section "memprof_functions"

// CHECK-DAG: @__memprofpass_object_awake = linkonce_odr hidden global i32 0, section "memprof_live",{{.*}}comdat

// CHECK-LABEL: define dso_local i32 @f(i32 noundef %0)
// CHECK-NOT:   __memprofpass
//      CHECK:  [[WORD:%[0-9]+]] = load i32, {{.*}}@__memprofpass_object_awake, align 4
// CHECK-NEXT:  [[AWAKE:%[0-9]+]] = icmp ne i32 [[WORD]], 0
// CHECK-NEXT:  br i1 [[AWAKE]], label %memprof.awake, label %memprof.asleep
//      CHECK: memprof.asleep:
//  CHECK-NOT:  __memprofpass
//      CHECK:  call void @g(
//  CHECK-NOT:  __memprofpass
//      CHECK:  ret i32
//      CHECK: memprof.awake:
// CHECK-NEXT:  [[LIVE:%[0-9]+]] = load volatile i32, {{.*}}@f.memprof.live{{.*}}, align 4
// CHECK-NEXT:  [[SELECTED:%[0-9]+]] = icmp ne i32 [[LIVE]], 0
// CHECK-NEXT:  br i1 [[SELECTED]], label %memprof.selected, label %memprof.asleep
//      CHECK: memprof.selected:
// CHECK-NEXT:  [[RESULT:%[0-9]+]] = call i32 @f.memprof(i32 noundef %0)
// CHECK-NEXT:  ret i32 [[RESULT]]

// CHECK-LABEL: define dso_local i32 @unmarked(
//  CHECK-NOT:  memprof
//      CHECK:  ret i32

// CHECK-LABEL: define dso_local i32 @caller(
//      CHECK: memprof.asleep:
//      CHECK: memprof.awake:
// CHECK-NEXT:  call i32 @caller.memprof(

// CHECK-LABEL: define internal i32 @f.memprof(i32 noundef %0)
//      CHECK:  [[FRAME:%[0-9]+]] = call {{.*}} @__memprofpass_enter({{.*}}@f.memprof.live
//      CHECK:  call void @g(
//      CHECK:  call void @__memprofpass_exit({{.*}} [[FRAME]])
// CHECK-NEXT:  ret i32
