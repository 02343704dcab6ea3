// A run in which nothing was measured says so, and why; a sleeping one says
// nothing.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: %mclang -g %s -o test && %mclang -g -DBARE %s -o bare
// RUN: %mclang -g -DONE %s -o one
// RUN: %mclang -g -DNAKED %s -o naked 2>warnings
//
// RUN: env PROFILE_MEMORY=1 ./bare 2>&1 | FileCheck --check-prefix=BARE %s
// RUN: env PROFILE_MEMORY=1 ./one 2>&1 | FileCheck --check-prefix=ONE %s
// RUN: env PROFILE_MEMORY=1 ./naked 2>&1 | FileCheck --check-prefix=NAKED %s
// RUN: env PROFILE_MEMORY=1 ./test 2>&1 | FileCheck --check-prefix=CALLED %s
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=functions=nosuch ./test \
// RUN:   2>&1 | FileCheck --check-prefix=SELECTED %s
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=functions=a ./test a 2>&1 \
// RUN:   | FileCheck --check-prefix=TABLE %s
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=functions=a ./test b 2>&1 \
// RUN:   | FileCheck --check-prefix=OTHER %s
// RUN: env PROFILE_MEMORY=0 ./test >silence 2>&1 && ./bare >>silence 2>&1
// RUN: count 0 <silence
#include "memprof.h"

#if defined(NAKED)
MEMPROF_PROFILE __attribute__((naked)) void bare_code(void) { __asm__("ret"); }
#elif !defined(BARE)
MEMPROF_PROFILE void a(void) {}
#ifndef ONE
MEMPROF_PROFILE void b(void) {}
#endif
#endif

int main(int argc, char **argv) {
#if !defined(BARE) && !defined(ONE) && !defined(NAKED)
  if (argc > 1)
    argv[1][0] == 'a' ? a() : b();
#endif
  return 0;
}

//     BARE: memprof: nothing was measured: no marked functions in the program,
//     or it was compiled without the pass
// BARE-NOT: not executed

//      ONE: memprof: nothing was measured: the one marked function was not
//      called ONE: not executed:
// ONE-NEXT: {{^}}    a ({{.*}}report-nothing-measured.c:26)

//      NAKED: memprof: nothing was measured: the one marked function could not
//      be instrumented NAKED: left out of instrumentation:
// NAKED-NEXT: {{^}}    bare_code{{.*}}: {{.*}}naked

//      CALLED: memprof: nothing was measured: none of the 2 marked functions
//      was called
//  CALLED-NOT: process peak
//      CALLED: not executed:
// CALLED-NEXT: {{^}}    a ({{.*}}report-nothing-measured.c:26)
// CALLED-NEXT: {{^}}    b ({{.*}}report-nothing-measured.c:28)

//     SELECTED: memprof: nothing was measured: none of the 2 marked functions
//     is selected by the option 'functions'
// SELECTED-NOT: not executed

// TABLE-NOT: nothing was measured
//     TABLE: Function: a (1 call, 0 allocations, peak 0.000 MiB, kept 0.000
//     MiB)

// OTHER: memprof: nothing was measured: the one selected function was not
// called
