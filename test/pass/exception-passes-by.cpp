// An exception that none of a function's own clauses takes leaves it all the
// same: its landing pads become cleanups, so that exit runs.
//
// RUN: %clangxx -g -O0 -Xclang -disable-O0-optnone -S -emit-llvm %s -o - \
// RUN:   | %opt -load-pass-plugin=%plugin -passes=profile-memory,verify -S \
// RUN:   | FileCheck %s
// RUN: %mclangxx -g -O2 %s -o %t && env PROFILE_MEMORY=1 %t 2>&1 \
// RUN:   | FileCheck --check-prefix=AWAKE %s
#include <cstdlib>
static void *kept;

__attribute__((annotate("profile"))) void tries(int n) {
  try {
    if (n)
      throw n;
    throw "text";
  } catch (int) {
  }
}

__attribute__((annotate("profile"))) void caller() {
  try {
    tries(0);
  } catch (const char *) {
  }
  // Not under tries any more.
  kept = std::malloc(1000);
}

int main() {
  tries(1);
  caller();
}

// clang-format off
// CHECK-LABEL: define internal {{.*}}@_Z5triesi.memprof(
//      CHECK:  landingpad
// CHECK-NEXT:  cleanup
// CHECK-NEXT:  catch {{.*}}@_ZTIi
//      CHECK:  call void @__memprofpass_exit(
//      CHECK:  resume
// AWAKE: Function: tries (2 calls,
// AWAKE: 0.001{{.*}}kept = std::malloc
