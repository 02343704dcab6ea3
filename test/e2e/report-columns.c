// The option columns, from the environment and from the ini: the ones that are
// asked for, in the order in which they are asked for.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir && %mclang -g %s -o test
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B:columns=all \
// RUN:   ./test 2>&1 | FileCheck --strict-whitespace --check-prefix=ALL %s
// RUN: env PROFILE_MEMORY=1 \
// RUN:   PROFILE_MEMORY_OPTIONS="unit=B:columns='kept, occurrences,peak'" \
// RUN:   ./test 2>&1 | FileCheck --strict-whitespace --check-prefix=PICKED %s
// RUN: printf '[profile]\nenable = on\nunit = B\ncolumns = allocs\n' \
// RUN:   >profile_config.ini
// RUN: ./test 2>&1 | FileCheck --strict-whitespace --check-prefix=INI %s
// RUN: env PROFILE_MEMORY_OPTIONS=columns=standard ./test 2>&1 \
// RUN:   | FileCheck --strict-whitespace --check-prefix=STANDARD %s
//
// A name that is none: said once, and the option stays as the ini has it.
// RUN: env PROFILE_MEMORY_OPTIONS=columns=allocs,sise:unit=B ./test 2>&1 \
// RUN:   | FileCheck --strict-whitespace --check-prefix=UNKNOWN %s
#include "memprof.h"
#include <stdlib.h>

MEMPROF_PROFILE void *grow(void) {
  void *block = malloc(100);
  free(malloc(7000));
  block = realloc(block, 300);
  return block;
}

int main(void) { return !grow(); }

// clang-format off
// ALL: {{^}}Line #    Mem usage    Increment  Occurrences      Allocs       Frees        Bytes        Freed         Peak         Kept   Line Contents
// ALL-NEXT: {{^}}=========================================================================================================================================
// ALL-NEXT: {{^}}    22          0 B          0 B            1           0           0          0 B          0 B          0 B          0 B   MEMPROF_PROFILE void *grow(void) {
// ALL-NEXT: {{^}}    23        100 B        100 B            1           1           0        100 B          0 B        100 B          0 B     void *block = malloc(100);
// ALL-NEXT: {{^}}    24        100 B          0 B            1           1           1       7000 B       7000 B       7000 B          0 B     free(malloc(7000));
// ALL-NEXT: {{^}}    25        300 B        200 B            1           1           1        300 B        100 B        200 B        300 B     block = realloc(block, 300);
// ALL-NEXT: {{^}}    26        300 B          0 B            1           0           0          0 B          0 B          0 B          0 B     return block;

// PICKED: {{^}}Line #         Kept  Occurrences         Peak   Line Contents
// PICKED-NEXT: {{^}}=============================================================
// PICKED: {{^}}    24          0 B            1       7000 B     free(malloc(7000));
// PICKED-NEXT: {{^}}    25        300 B            1        200 B     block = realloc(block, 300);

// INI: {{^}}Line #      Allocs   Line Contents
// INI-NEXT: {{^}}==================================
// INI: {{^}}    25           1     block = realloc(block, 300);

// STANDARD: {{^}}Line #    Mem usage    Increment  Occurrences   Line Contents

//     UNKNOWN: memprof: PROFILE_MEMORY_OPTIONS: columns: unknown column 'sise', known are standard, all, mem_usage, increment, occurrences, allocs, frees, bytes, freed, peak, kept
// UNKNOWN-NOT: sise
//     UNKNOWN: {{^}}Line #      Allocs   Line Contents
