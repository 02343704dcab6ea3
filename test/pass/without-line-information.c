// Compiled without -g: one warning per module, and tables without lines.
//
// RUN: %clang -fpass-plugin=%plugin -O1 -c %s -o %t.o 2>&1 | FileCheck %s
// RUN: %memprof functions %t.o | FileCheck --check-prefix=LIST %s
__attribute__((annotate("profile"))) int f(int n) { return n; }
__attribute__((annotate("profile"))) int g(int n) { return n + 1; }

// clang-format off
// CHECK: warning: {{.*}}compiled without line information{{.*}}(add -g)
// CHECK-NOT: warning: {{.*}}line information
// LIST-DAG: f
// LIST-DAG: g
