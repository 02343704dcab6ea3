// Attributes that are not true once a function counts its calls are gone, from
// the function, its twin and the calls: else equal calls would become one.
//
// RUN: %clang -g -O1 -Xclang -disable-llvm-passes -S -emit-llvm %s -o - \
// RUN:   | %opt -load-pass-plugin=%plugin -passes=profile-memory,verify -S \
// RUN:   | FileCheck %s
// RUN: %mclang -g -O2 %s -o %t && env PROFILE_MEMORY=1 %t 2>&1 \
// RUN:   | FileCheck --check-prefix=AWAKE %s
#include <stdio.h>

__attribute__((annotate("profile"), const, noinline)) int square(int n) {
  return n * n;
}

static inline __attribute__((annotate("profile"), pure, always_inline)) int
twice(const int *n) {
  return *n * 2;
}

int main(int argc, char **argv) {
  int sum = 0;
  for (int i = 0; i < 10; i++)
    sum += square(argc) + twice(&argc);
  printf("%d\n", sum);
  return 0;
}

// clang-format off
//      CHECK: ; Function Attrs: noinline nounwind uwtable{{$}}
// CHECK-NEXT: define {{.*}}@square(
//      CHECK: call {{.*}}@square({{.*}}) #[[PLAIN:[0-9]+]]
//      CHECK: call {{.*}}@twice({{.*}}) #[[PLAIN]]
//      CHECK: ; Function Attrs: alwaysinline nounwind uwtable{{$}}
// CHECK-NEXT: define {{.*}}@twice(
//      CHECK: ; Function Attrs: noinline nounwind uwtable{{$}}
// CHECK-NEXT: define {{.*}}@square.memprof({{.*}} section ".text.memprof.square"
//      CHECK: ; Function Attrs: noinline nounwind uwtable{{$}}
// CHECK-NEXT: define {{.*}}@twice.memprof({{.*}} section ".text.memprof.twice"
//      CHECK: attributes #[[PLAIN]] = { nounwind }
// AWAKE-DAG: Function: square (10 calls,
// AWAKE-DAG: Function: twice (10 calls,
