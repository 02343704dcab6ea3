// Inline assembly: with local labels, with a name made unique, and with asm
// goto it counts. What can be there only once (a label, a macro, a symbol that
// is set) cannot be cloned, nor can what returns twice or has no prologue: the
// function is left out with a warning, and runs as ever, awake too.
//
// RUN: %mclang -g -O0 %s -o %t.0 2> %t.err
// RUN: FileCheck --check-prefix=WARNING %s < %t.err
// RUN: not grep asm_ %t.err
// RUN: %memprof functions %t.0 | FileCheck --check-prefix=LIST %s
// RUN: env LEVELS="O0 O2" CFLAGS=-Wno-everything %every_level %s \
// RUN:   2>/dev/null | FileCheck --implicit-check-not=Function: %s
// RUN: FileCheck --check-prefix=WARNING --implicit-check-not=warning: \
// RUN:   %s < %t.err
#include "memprof.h"
#include <stdlib.h>

// clang-format off
static void *volatile escaped;

MEMPROF_PROFILE int asm_local(int n) {
  free(escaped = malloc(10));
  int m = 0;
  __asm__ volatile("1: dec %0; inc %1; test %0, %0; jnz 1b" : "+r"(n), "+r"(m) : : "cc");
  return m;
}
MEMPROF_PROFILE int asm_unique(int n) {
  free(escaped = malloc(20));
  __asm__ volatile("jmp .Lover%=\nnop\n.Lover%=: inc %0" : "+r"(n) : : "cc");
  return n;
}
MEMPROF_PROFILE int asm_goto(int n) {
  free(escaped = malloc(30));
  __asm__ goto("test %0, %0; jz %l1" : : "r"(n) : "cc" : zero);
  free(escaped = malloc(300));
  return n;
zero:
  return 5;
}

// WARNING: assembly.c:[[#@LINE+1]]:{{.*}}'label' cannot be profiled: its inline assembly defines a label, which cannot be there twice
MEMPROF_PROFILE __attribute__((noinline)) int label(int n) {
  free(escaped = malloc(40));
  __asm__ volatile(".globl seen_by_all\nseen_by_all: inc %0" : "+r"(n));
  return n;
}
// WARNING: assembly.c:[[#@LINE+1]]:{{.*}}'macro' cannot be profiled: its inline assembly defines a macro, which cannot be there twice
MEMPROF_PROFILE __attribute__((noinline)) int macro(int n) {
  __asm__ volatile(".macro twice x\ninc \\x\ninc \\x\n.endm\ntwice %0" : "+r"(n));
  return n;
}
// WARNING: assembly.c:[[#@LINE+1]]:{{.*}}'symbol' cannot be profiled: its inline assembly sets a symbol, which cannot be there twice
MEMPROF_PROFILE __attribute__((noinline)) int symbol(int n) {
  __asm__ volatile("here = .\ninc %0" : "+r"(n));
  return n;
}
// WARNING: assembly.c:[[#@LINE+1]]:{{.*}}'naked' cannot be profiled: it is naked: it has no prologue to run hooks in
MEMPROF_PROFILE __attribute__((naked)) int naked(int n) {
  __asm__("lea 1(%rdi), %eax; ret");
}
// WARNING: assembly.c:[[#@LINE+1]]:{{.*}}'comes_back' cannot be profiled: it returns twice, after its frame is gone
MEMPROF_PROFILE __attribute__((returns_twice, noinline)) int comes_back(void) {
  return 0;
}

int main(void) {
  return asm_local(3) != 3 || asm_unique(3) != 4 || asm_goto(3) != 3 || asm_goto(0) != 5 || label(3) != 4 ||
         macro(3) != 5 || symbol(3) != 4 || naked(3) != 4 || comes_back() != 0;
}

//  LIST-DAG: label{{.*}}label
//  LIST-DAG: macro{{.*}}macro
//  LIST-DAG: symbol{{.*}}symbol
//  LIST-DAG: naked{{.*}}prologue
//  LIST-DAG: comes_back{{.*}}returns twice
//     CHECK: Function: asm_local (1 call, 1 allocation, peak 10 B, kept 0 B)
//     CHECK: Function: asm_unique (1 call, 1 allocation, peak 20 B, kept 0 B)
//     CHECK: Function: asm_goto (2 calls, 3 allocations, peak 300 B, kept 0 B)
