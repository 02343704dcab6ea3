// A program that uses the whole interface links and runs without the runtime, with
// gcc, as C11 and as C++11, without a warning; asleep it prints the same. Only memprof_enable
// needs the runtime.
//
// RUN: %host_cc -std=c11 -Wall -Wextra -Werror -I%inc %s -o %t.c11 && %t.c11 | FileCheck %s
// RUN: %host_cc -std=c11 -static -I%inc %s -o %t.static && %t.static | FileCheck %s
// RUN: %host_cxx -std=c++11 -x c++ -Wall -Wextra -Werror -I%inc %s -o %t.cpp && %t.cpp | FileCheck %s
// RUN: %clang -Weverything -Werror -Wno-disabled-macro-expansion -Wno-reserved-identifier -Wno-padded -Wno-declaration-after-statement -std=c11 -I%inc -c %s -o %t.o
//
// Where there are no weak symbols, nothing is declared at all.
// RUN: mkdir -p %t.dir && sed s/__ELF__/__NO_ELF__/ %inc/memprof.h > %t.dir/memprof.h
// RUN: %host_cc -std=c11 -Wall -Wextra -Werror -I%t.dir %s -o %t.c11 && %t.c11 | FileCheck %s
// RUN: %host_cxx -std=c++11 -x c++ -Wall -Wextra -Werror -I%t.dir %s -o %t.cpp && %t.cpp | FileCheck %s
// RUN: %mclang -O1 %s -o %t && %t | FileCheck %s
// CHECK: 0 0 0 0 0 0
#include "memprof.h"
#include <stdio.h>

static void on_violation(void *context,
                         const struct memprof_violation *violation) {
  (void)context;
  (void)violation;
}

int main(void) {
  struct memprof_stats stats;
  memprof_test_begin("suite", "name");
  memprof_begin("scope");
  memprof_pause();
  memprof_resume();
  memprof_end();
  memprof_test_end();
  memprof_reset();
  memprof_disable();
  memprof_set_sink(on_violation, NULL);
  memprof_stack(&stats, sizeof stats);
  int found = memprof_get("main", &stats);
  int rounds = 0;
  MEMPROF_STEADY("steady", 2) { rounds++; }
#ifdef __cplusplus
  memprof::scope scope("a C++ scope");
#endif
  printf("%d %llu %llu %d %d %d\n", found, stats.calls, stats.largest.peak,
         memprof_is_active(), memprof_report("stdout"), rounds - 3);
  return 0;
}
