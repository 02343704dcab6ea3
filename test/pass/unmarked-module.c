// A module without marks is left as it is: no constructor, no section, nothing.
//
// RUN: %clang -g -O1 -Xclang -disable-llvm-passes -S -emit-llvm %s -o %t.ll
// RUN: %opt -S %t.ll -o %t.plain.ll
// RUN: %opt -load-pass-plugin=%plugin -passes=profile-memory -S %t.ll \
// RUN:   -o %t.ours.ll
// RUN: cmp %t.plain.ll %t.ours.ll
// RUN: not grep -E '__memprofpass|memprof_functions|\.memprof\.' %t.ours.ll
__attribute__((annotate("other"))) int f(int n) { return n + 1; }
int g(int n) { return f(n) * 2; }
