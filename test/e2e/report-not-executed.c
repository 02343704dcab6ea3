// Marked and selected functions that were never called are named at the end, at
// most 20 of them; those that `functions` does not select are not.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir && %mclang -g %s -o test
// RUN: env PROFILE_MEMORY=1 ./test 2>&1 | FileCheck --check-prefix=MANY %s
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS='functions=called,f1*' \
// RUN:   ./test 2>&1 | FileCheck --check-prefix=FEW %s
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS='functions=called' \
// RUN:   ./test 2>&1 | FileCheck --check-prefix=NONE %s
#include "memprof.h"

MEMPROF_PROFILE void called(void) {}
#define F(N)                                                                   \
  MEMPROF_PROFILE void f##N(void) {}
// clang-format off
F(0) F(1) F(2) F(3) F(4) F(5) F(6) F(7) F(8) F(9) F(10)
F(11) F(12) F(13) F(14) F(15) F(16) F(17) F(18) F(19) F(20) F(21)
    // clang-format on

    int main(void) {
  called();
  return 0;
}

//      MANY: Function: called (1 call, 0 allocations,
//      MANY: not executed:
// MANY-NEXT: {{^}}    f0 ({{.*}}report-not-executed.c:16)
// MANY-NEXT: {{^}}    f1 ({{.*}}report-not-executed.c:16)
//      MANY: {{^}}    f11 ({{.*}}report-not-executed.c:17)
//      MANY: {{^}}    f19 ({{.*}}report-not-executed.c:17)
// MANY-NEXT: {{^}}    and 2 more
//  MANY-NOT: f20

//      FEW: not executed:
// FEW-NEXT: f1 (
// FEW-NEXT: f10 (
//      FEW: f19 (
//  FEW-NOT: more

//     NONE: Function: called
// NONE-NOT: not executed
