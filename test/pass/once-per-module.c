// The pass runs once in every mode, and a second run finds nothing to do.
//
// RUN: %clang -g -O0 -S -emit-llvm %s -o %t.in.ll
// RUN: %opt -load-pass-plugin=%plugin -S %t.in.ll -o %t.ll \
// RUN:   -passes=profile-memory,profile-memory,verify
// RUN: grep -c 'call .*@__memprofpass_enter' %t.ll | FileCheck %s
// RUN: %clang -fplugin=%plugin -fpass-plugin=%plugin -S -emit-llvm %t.ll \
// RUN:   -mllvm -profile-memory-functions=f -o %t.again.ll
// RUN: grep -c 'call .*@__memprofpass_enter' %t.again.ll | FileCheck %s
// RUN: for flags in -O0 -O3 '-O2 -flto' '-O2 -flto=thin' \
// RUN:   '-O2 -flto -fPIC'; do \
// RUN:   %mclang -g $flags -fuse-ld=lld %s -o %t && \
// RUN:   env PROFILE_MEMORY=1 %t 2>&1 | FileCheck --check-prefix=AWAKE %s \
// RUN:   || exit 1; \
// RUN: done
__attribute__((annotate("profile"), noinline)) int f(int n) { return n - 1; }
int main(int argc, char **argv) { return f(argc); }

// CHECK: {{^}}1{{$}}
// AWAKE: Function: f (1 call,
