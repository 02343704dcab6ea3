// -fprofile-instr-generate -fcoverage-mapping: the same numbers, and coverage
// counts a marked function's lines the same asleep and awake, once each.
//
// RUN: export LLVM_PROFILE_FILE=%t.any.profraw; sh %S/Inputs/same-report.sh \
// RUN:   %t %mclang %S/Inputs/program.c -fprofile-instr-generate \
// RUN:   -fcoverage-mapping | FileCheck %S/Inputs/program.c
// RUN: for level in 0 2; do \
// RUN:   %mclang -g -O$level -fprofile-instr-generate -fcoverage-mapping %s \
// RUN:     -o %t && for awake in 0 1; do \
// RUN:     PROFILE_MEMORY=$awake LLVM_PROFILE_FILE=%t.profraw %t 2>/dev/null; \
// RUN:     %llvm_bin/llvm-profdata merge %t.profraw -o %t.profdata && \
// RUN:     %llvm_bin/llvm-cov show %t -instr-profile=%t.profdata \
// RUN:       > %t.coverage || exit 1; \
// RUN:     FileCheck --check-prefix=COVER %s < %t.coverage || exit 1; \
// RUN:   done; done
#include "memprof.h"
#include <stdlib.h>

// COVER: {{[0-9]+}}| 3|MEMPROF_PROFILE int sum(int count) {
MEMPROF_PROFILE int sum(int count) {
  int result = 0;
  // COVER: {{[0-9]+}}| 18| for (int i = 0; i < count; i++)
  // COVER-NEXT: {{[0-9]+}}| 15| result += i;
  for (int i = 0; i < count; i++)
    result += i;
  // COVER: {{[0-9]+}}| 3| if (count > 100)
  // COVER-NEXT: {{[0-9]+}}| 0| result = 0;
  if (count > 100)
    result = 0;
  return result;
}

int main(void) { return sum(4) + sum(5) + sum(6) != 6 + 10 + 15; }
