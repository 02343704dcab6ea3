/* The file of a run gives the report that the run printed, and more.
 *
 * RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
 * RUN: %mclang -g -O1 %s -o run
 * RUN: env PROFILE_MEMORY=1 \
 * RUN:   PROFILE_MEMORY_OPTIONS=output=run.mprof:unit=B:columns=all,temporary,at_peak \
 * RUN:   ./run 2> printed; test $? = 7
 * RUN: %memprof report --unit B --columns all,temporary,at_peak > read 2> err
 * RUN: diff printed read && count 0 < err
 *
 * outer keeps 100 bytes in each of 3 calls; while it has 5000 more, and inner
 * its 60, the process is at its peak: 5000 + 60 + 3 * 100.
 * RUN: %memprof report --peak --unit B | FileCheck --check-prefix=PEAK %s
 * PEAK: process peak 5360 B
 * PEAK: {{^}}        5000 B   93.3%   {{.*}}report-of-a-run.c:[[#OUTER:]] (outer)
 * PEAK: {{^}}         300 B    5.6%   {{.*}}report-of-a-run.c:[[#OUTER-1]] (outer)
 * PEAK: {{^}}          60 B    1.1%   {{.*}}report-of-a-run.c:{{[0-9]+}} (inner)
 * RUN: %memprof report --sizes | FileCheck --check-prefix=SIZES %s
 * SIZES: {{[0-9]+}}: inner
 * SIZES-NEXT: {{^}}      32 B .. < 64 B                3  ####
 * SIZES: {{[0-9]+}}: outer
 * SIZES-NEXT: {{^}}      32 B .. < 64 B                3  ####
 * SIZES-NEXT: {{^}}      64 B .. < 128 B               3  ####
 * SIZES-NEXT: {{^}}     4 KiB .. < 8 KiB               3  ####
 * RUN: %memprof report --meta | FileCheck --check-prefix=META %s
 * META: {{^}}ended      20{{.*}}Z, exit status 7
 * META: {{^}}command    ./run
 *
 * Two processes of one program, added up.
 * RUN: cp run.mprof first.mprof && %memprof report run.mprof first.mprof --unit B \
 * RUN:   | FileCheck --check-prefix=TWO %s
 * TWO: Function: inner (6 calls, 6 allocations, peak 60 B, kept 0 B)
 * TWO: Function: outer (6 calls, 18 allocations, peak 5160 B, kept 600 B)
 */
#include <stdlib.h>

#define MARKED __attribute__((annotate("profile"), noinline))

static void *volatile kept[3];

MARKED static void inner(void) {
  void *volatile block = malloc(60);
  free(block);
}

MARKED static void outer(int i) {
  kept[i] = malloc(100);
  void *volatile block = malloc(5000);
  inner();
  free(block);
}

int main(void) {
  for (int i = 0; i < 3; i++)
    outer(i);
  return 7;
}
