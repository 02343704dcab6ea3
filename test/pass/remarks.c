// -Rpass=profile-memory says what was instrumented, at its line.
//
// RUN: %mclang -g -O1 -Rpass=profile-memory -c %s -o %t.o 2>&1 | FileCheck %s
// RUN: %mclang -g -O1 -c %s -o %t.o 2>&1 | count 0
// clang-format off
// CHECK: remarks.c:[[#@LINE+1]]:{{.*}}remark: profiled: 'f'
__attribute__((annotate("profile"))) int f(int n) { return n; }
int g(int n) { return n; }
// CHECK-NOT: remark
