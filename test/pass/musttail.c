// A tail call that must be one stays one: exit comes before it, nothing after,
// and the dispatch is one as well, so that a loop of such calls keeps
// its stack.
//
// RUN: %clang -g -O0 -Xclang -disable-O0-optnone -S -emit-llvm %s -o - \
// RUN:   | %opt -load-pass-plugin=%plugin -passes=profile-memory,verify -S \
// RUN:   | FileCheck %s
// RUN: %mclang -g -O0 %s -o %t && env PROFILE_MEMORY=1 %t 2>&1 \
// RUN:   | FileCheck --check-prefix=AWAKE %s
__attribute__((annotate("profile"))) int count(int n, int sum) {
  if (n == 0)
    return sum;
  __attribute__((musttail)) return count(n - 1, sum + 1);
}

int main(void) { return count(1000000, 0) != 1000000; }

// clang-format off
// CHECK-LABEL: define dso_local i32 @count(
//      CHECK: memprof.awake:
// CHECK-NEXT:  [[R:%[0-9]+]] = musttail call i32 @count.memprof(
// CHECK-NEXT:  ret i32 [[R]]
// CHECK-LABEL: define internal i32 @count.memprof(
//      CHECK:  call void @__memprofpass_exit(
// CHECK-NEXT:  [[R:%[0-9]+]] = musttail call i32 @count(
// CHECK-NEXT:  ret i32 [[R]]
//      CHECK:  call void @__memprofpass_exit(
// CHECK-NEXT:  ret i32
// AWAKE: Function: count (1000001 calls
