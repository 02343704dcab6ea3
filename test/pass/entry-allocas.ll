; Static allocas come first, wherever they stood in the entry block; one whose
; size is known at run time only stays in the body.
;
; RUN: %clang -w -O0 -fplugin=%plugin -fpass-plugin=%plugin -S -emit-llvm %s \
; RUN:   -mllvm -profile-memory-functions=f -o - | FileCheck %s
target triple = "x86_64-pc-linux-gnu"

define i32 @f(i32 %n) {
  %sum = add i32 %n, 1
  %array = alloca i32, i32 %n
  %slot = alloca i32
  ret i32 %sum
}

; CHECK-LABEL: define i32 @f(i32 %n)
; CHECK-NEXT:   %slot = alloca i32
; CHECK-NEXT:   load i32, {{.*}}@__memprofpass_object_awake
;      CHECK: memprof.asleep:
; CHECK-NEXT:   %sum = add i32 %n, 1
; CHECK-NEXT:   %array = alloca i32, i32 %n
; CHECK-NEXT:   ret i32 %sum
; CHECK-LABEL: define internal i32 @f.memprof(i32 %n)
; CHECK-NEXT:   {{%slot[0-9]*}} = alloca i32
; CHECK-NEXT:   call {{.*}} @__memprofpass_enter
; CHECK-NEXT:   {{.*}} = add i32 %n, 1
