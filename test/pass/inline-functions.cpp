// The twin, record and live word of a function that the linker merges are
// merged too, in a group of their own: never in f's, which may be dropped for a
// plain copy.
//
// RUN: %clangxx -g -O0 -S -emit-llvm %s -o - \
// RUN:   | %opt -load-pass-plugin=%plugin -passes=profile-memory,verify -S \
// RUN:   | FileCheck %s
template <class T> __attribute__((annotate("profile"))) T twice(T value) {
  return value + value;
}

int use() { return twice(3); }

// clang-format off
// CHECK-DAG: $_Z5twiceIiET_S0_ = comdat any
// CHECK-DAG: ${{"?}}_Z5twiceIiET_S0_.memprof{{"?}} = comdat any
// CHECK-DAG: @_Z5twiceIiET_S0_.memprof.live = linkonce_odr hidden global {{.*}}comdat($_Z5twiceIiET_S0_.memprof)
// CHECK-DAG: @_Z5twiceIiET_S0_.memprof.record = linkonce_odr hidden constant {{.*}}comdat($_Z5twiceIiET_S0_.memprof)
// CHECK: define linkonce_odr {{.*}}@_Z5twiceIiET_S0_({{.*}}comdat
// CHECK: define linkonce_odr hidden {{.*}}@_Z5twiceIiET_S0_.memprof({{.*}}comdat
