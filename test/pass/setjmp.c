// After setjmp the runtime is told that execution landed here, and coming back
// from another line is an arrival.
//
// RUN: %clang -g -O0 -Xclang -disable-O0-optnone -S -emit-llvm %s -o - \
// RUN:   | %opt -load-pass-plugin=%plugin -passes=profile-memory,verify -S \
// RUN:   | FileCheck %s
// RUN: %clang -g -O0 -fno-builtin -Xclang -disable-O0-optnone -S -emit-llvm \
// RUN:   %s -o - \
// RUN:   | %opt -load-pass-plugin=%plugin -passes=profile-memory,verify -S \
// RUN:   | FileCheck %s
#include <setjmp.h>
jmp_buf there;
void jump(void);

__attribute__((annotate("profile"))) int f(int n) {
  if (setjmp(there) == 0)
    jump();
  return n;
}

// clang-format off
// CHECK-LABEL: define internal i32 @f.memprof(
//      CHECK:  [[FRAME:%[0-9]+]] = call {{.*}} @__memprofpass_enter
//      CHECK:  store volatile i32 1, {{.*}}!nosanitize
//      CHECK:  call i32 @_setjmp(
// CHECK-NEXT:  call void @__memprofpass_landed({{.*}} [[FRAME]])
//      CHECK:  [[LEFT:%[0-9]+]] = load volatile i32, {{.*}}!nosanitize
// CHECK-NEXT:  [[ELSEWHERE:%[0-9]+]] = icmp ne i32 [[LEFT]], 1
// CHECK-NEXT:  [[ONE:%[0-9]+]] = zext i1 [[ELSEWHERE]] to i64
//      CHECK:  add i64 {{%[0-9]+}}, [[ONE]]
//      CHECK:  store volatile i32 1,
//  CHECK-NOT:  __memprofpass_landed
//      CHECK:  call void @jump()
