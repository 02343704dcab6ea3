// A temporary of 64 MiB inside an unmarked callee of another file shows as the
// Peak of the call line.
//
// RUN: %every_level %s %S/Inputs/temporary.c | FileCheck %s
#include "memprof.h"

int temporary(void);

MEMPROF_PROFILE int caller(void) {
  int last = temporary();
  return last;
}

int main(void) { return caller() != 1; }

// clang-format off
//      CHECK: Function: caller (1 call, 1 allocation, peak 67108864 B, kept 0 B)
//      CHECK: 10 0 B 0 B 1 1 1 67108864 B 67108864 B 67108864 B 0 B int last
// CHECK-NEXT: 11 0 B 0 B 1 0 0 0 B 0 B 0 B 0 B return last
