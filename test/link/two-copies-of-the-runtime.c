// A library that holds libmemprof.a in a program with libmemprof.so: the copy
// that comes first counts for both, the other stays out. Where the program's
// linker hides its copy from the library (gold, lld), that is said.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: export PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B:columns=all:sort=name
// RUN: for level in 0 2; do \
// RUN:   %mclang -g -O$level -fPIC -c %S/Inputs/library.c && \
// RUN:   %clang -shared library.o -o libwith.so %lib/libmemprof.a && \
// RUN:   %mclang -shared library.o -o libwithout.so && \
// RUN:   %mclang -g -O$level -c %s -o main.o && \
// RUN:   %mclang main.o ./libwith.so -o so-last && \
// RUN:   %clang main.o %lib/libmemprof.a ./libwithout.so -o a-first \
// RUN:     -Wl,-u,__memprofpass_entries && \
// RUN:   %clang -fuse-ld=lld main.o %lib/libmemprof.a ./libwithout.so \
// RUN:     -o a-hidden -Wl,-u,__memprofpass_entries && \
// RUN:   for program in so-last a-first; do ./$program 2> err && \
// RUN:     FileCheck %s --implicit-check-not='memprof: calls' < err || exit 1; \
// RUN:   done && \
// RUN:   ./a-hidden 2> err && FileCheck --check-prefix=HIDDEN %s < err \
// RUN:     || exit 1; done
#include "memprof.h"

char *library_text(const char *text);
void library_release(char *text);

MEMPROF_PROFILE int work(void) {
  library_release(library_text("four"));
  return 0;
}

int main(void) { return work(); }

// clang-format off
// CHECK: memprof: process peak 5 B
// CHECK: Function: library_release (1 call, 0 allocations, peak 0 B, kept 0 B)
// CHECK: Function: library_text (1 call, 1 allocation, peak 5 B, kept 0 B)
// CHECK: 7 {{.*}} 1 1 0 5 B 0 B 5 B 0 B char *copy = malloc
// CHECK: Function: work (1 call, 1 allocation, peak 5 B, kept 0 B)
// CHECK: 28 {{.*}} 1 1 1 5 B 5 B 5 B 0 B library_release
// CHECK-NOT: memprof:
// HIDDEN: memprof: calls of 'malloc' do not come to memprof
// HIDDEN: Function: library_text (1 call, 1 allocation, peak 5 B, kept 0 B)
