// An exception that passes a marked function exits it: in the function's own
// landing pads, or in one that is made.
//
// RUN: %clangxx -g -O0 -S -emit-llvm %s -o - \
// RUN:   | %opt -load-pass-plugin=%plugin -passes=profile-memory,verify -S \
// RUN:   | FileCheck %s
void may_throw();
__attribute__((annotate("profile"))) void passes() { may_throw(); }
__attribute__((annotate("profile"))) void never() noexcept {}

// clang-format off
// CHECK-LABEL: define internal void @_Z6passesv.memprof()
// CHECK-SAME:  personality
//      CHECK:  [[FRAME:%[0-9]+]] = call {{.*}} @__memprofpass_enter
//      CHECK:  invoke void @_Z9may_throwv()
//      CHECK:  call void @__memprofpass_exit({{.*}} [[FRAME]])
// CHECK-NEXT:  ret void
//      CHECK:  landingpad { {{i8\*|ptr}}, i32 }
// CHECK-NEXT:  cleanup
//      CHECK:  call void @__memprofpass_exit({{.*}} [[FRAME]])
// CHECK-NEXT:  resume
// CHECK-LABEL: define internal void @_Z5neverv.memprof()
//  CHECK-NOT:  personality
//  CHECK-NOT:  landingpad
//      CHECK:  ret void
