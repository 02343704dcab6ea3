// Our entries leave llvm.global.annotations, others stay: an entry left behind
// would keep a dead static function alive. Without others the array goes.
//
// RUN: %clang -g -O0 -S -emit-llvm %s -o - \
// RUN:   | %opt -load-pass-plugin=%plugin -passes=profile-memory,verify -S \
// RUN:   | FileCheck %s
// RUN: %clang -g -O0 -DALONE -S -emit-llvm %s -o - \
// RUN:   | %opt -load-pass-plugin=%plugin -passes=profile-memory,verify -S \
// RUN:   | FileCheck --check-prefix=ALONE %s
#ifndef ALONE
__attribute__((annotate("other"))) int other(void) { return 1; }
#endif
__attribute__((annotate("profile"))) int declared(void);
__attribute__((annotate("profile", "peak=1MiB"))) int f(void) {
  return declared();
}

// clang-format off
// CHECK: @llvm.global.annotations = appending global [1 x {{.*}}@other
// CHECK: define dso_local i32 @f()
// CHECK-NOT: @declared.memprof
// ALONE-NOT: llvm.global.annotations
// ALONE: @f.memprof.record = {{.*}}peak=1MiB
