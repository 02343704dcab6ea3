// --gc-sections: a live function keeps its record, also with lld, which does
// not count __start_memprof_functions as a use; a function that was left out
// keeps its record in any case. With no record left the program still links.
//
// RUN: %mclang -g -O2 -ffunction-sections -fdata-sections -c %s -o %t.o \
// RUN:   2> %t.err
// RUN: %mclang -fuse-ld=lld -Wl,--gc-sections %t.o -o %t.lld
// RUN: env PROFILE_MEMORY=1 %t.lld 2>&1 | FileCheck %s
// RUN: %memprof functions %t.lld | FileCheck --check-prefix=LEFT %s
// RUN: %mclang -fuse-ld=bfd -Wl,--gc-sections %t.o -o %t.bfd
// RUN: env PROFILE_MEMORY=1 %t.bfd 2>&1 | FileCheck %s
// RUN: %memprof functions %t.bfd | FileCheck --check-prefix=LEFT %s
// RUN: %mclang -g -O2 -DALONE -ffunction-sections -c %s -o %t.o
// RUN: %mclang -fuse-ld=lld -Wl,--gc-sections %t.o -o %t.none
// RUN: env PROFILE_MEMORY=1 %t.none 2>&1 | FileCheck --check-prefix=NONE %s
#define MARK __attribute__((annotate("profile")))

MARK int unused(int n) { return n; }

#ifndef ALONE
MARK __attribute__((naked)) void left_out(void) { __asm__("ret"); }
MARK __attribute__((noinline)) int called(int n) { return n - 1; }
int main(int argc, char **argv) { return called(argc); }
#else
int main(void) { return 0; }
#endif

// CHECK: Function: called (1 call,
// LEFT: left_out{{.*}}naked
// NONE: nothing was measured
