// ++hits[k] where execution arrives at line k from another line: plain on lines
// without calls, volatile on lines with calls; a volatile store of the line
// before each call. Line 0 of the table, the definition, is not touched.
//
// RUN: %clang -g -O0 -Xclang -disable-O0-optnone -S -emit-llvm %s -o - \
// RUN:   | %opt -load-pass-plugin=%plugin -passes=profile-memory,verify -S \
// RUN:   | FileCheck %s
void g(void);
__attribute__((annotate("profile"))) int f(int n) {
  n = n + 1;
  g();
  g(), g();
  return n;
}

// clang-format off
// CHECK-LABEL: define internal i32 @f.memprof(
//      CHECK:  [[FRAME:%[0-9]+]] = call {{.*}} @__memprofpass_enter
//      CHECK:  [[AT1:%[0-9]+]] = getelementptr inbounds i64, {{i64\*|ptr}} [[HITS:%[0-9]+]], i32 1
// CHECK-NEXT:  [[WAS:%[0-9]+]] = load i64, {{i64\*|ptr}} [[AT1]], {{.*}}!nosanitize
// CHECK-NEXT:  [[NOW:%[0-9]+]] = add i64 [[WAS]], 1
// CHECK-NEXT:  store i64 [[NOW]], {{i64\*|ptr}} [[AT1]], {{.*}}!nosanitize
//      CHECK:  [[AT2:%[0-9]+]] = getelementptr inbounds i64, {{i64\*|ptr}} [[HITS]], i32 2
// CHECK-NEXT:  load volatile i64, {{i64\*|ptr}} [[AT2]]
//      CHECK:  store volatile i64 {{%[0-9]+}}, {{i64\*|ptr}} [[AT2]]
//      CHECK:  store volatile i32 2, {{.*}}!nosanitize
// CHECK-NEXT:  call void @g()
//      CHECK:  store volatile i32 3,
// CHECK-NEXT:  call void @g()
// The line is the same: neither an arrival nor a store in between.
// CHECK-NEXT:  call void @g()
//      CHECK:  getelementptr inbounds i64, {{i64\*|ptr}} [[HITS]], i32 4
//      CHECK:  call void @__memprofpass_exit({{.*}} [[FRAME]])
