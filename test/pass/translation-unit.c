// Beside the functions' records stands one of the translation unit: what
// compiled it, at which level, and the revision that the environment names.
//
// RUN: for level in O0 O2 Os; do \
// RUN:   env MEMPROF_REVISION=r-$level %mclang -g -$level %s -o %t && \
// RUN:   env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=stream=none:output=%t.p \
// RUN:     %t && %memprof report --meta %t.p || exit 1; \
// RUN: done | FileCheck %s
__attribute__((annotate("profile"))) int f(int n) { return n; }
int main(void) { return f(0); }

// clang-format off
// CHECK: unit {{.*}}translation-unit.c: {{.*}}clang version {{.*}}, O0, LLVM {{[0-9.]+}}, revision r-O0
// CHECK: unit {{.*}}translation-unit.c: {{.*}}clang version {{.*}}, O2, LLVM {{[0-9.]+}}, revision r-O2
// CHECK: unit {{.*}}translation-unit.c: {{.*}}clang version {{.*}}, Os, LLVM {{[0-9.]+}}, revision r-Os
