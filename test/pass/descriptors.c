// One record per function in its section, found by the module's constructor and
// kept by nothing but the function itself; its live word beside it.
//
// RUN: %clang -g -O0 -S -emit-llvm %s -o - \
// RUN:   | %opt -load-pass-plugin=%plugin -passes=profile-memory,verify -S \
// RUN:   | FileCheck %s
// RUN: %mclang -g -O2 -fPIE -c %s -o %t.o && %memprof functions %t.o \
// RUN:   | FileCheck --check-prefix=LIST %s
__attribute__((annotate("profile", "peak=1MiB", "allocs=3..10"))) int f(void) {
  return 1;
}
static inline __attribute__((annotate("profile"))) int g(void) { return 2; }
int h(void) { return g(); }

// clang-format off
// CHECK-DAG: @f.memprof.record = internal constant {{.*}}, section "memprof_functions",{{.*}} align 8
// CHECK-DAG: @g.memprof.record = internal constant {{.*}}, section "memprof_functions",{{.*}} align 8
// CHECK-DAG: @llvm.compiler.used = appending global {{.*}}@f.memprof.record
// CHECK-DAG: @llvm.global_ctors = appending global {{.*}} { i32 0, {{.*}}@__memprofpass_module_ctor
// CHECK-DAG: @llvm.global_dtors = appending global {{.*}} { i32 0, {{.*}}@__memprofpass_module_dtor
// CHECK: call void @__memprofpass_register({{.*}}@__start_memprof_functions, {{.*}}@__stop_memprof_functions)
// CHECK: call void @__memprofpass_unregister({{.*}}@__start_memprof_functions, {{.*}}@__stop_memprof_functions)

// LIST: descriptors.c:9: f
// LIST: peak=1MiB
// LIST: allocs=3..10
// LIST: descriptors.c:12: g
