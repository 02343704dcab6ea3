/* A marked program under `memprof run`: it is awake, its profile has its
 * numbers and its curve, its streams and its status are its own.
 *
 * RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
 * RUN: %mclang -g -O1 -I %S/Inputs -I %inc %s -o run
 * RUN: echo input | %memprof run --interval 0.01 --unit B -- ./run --unit KiB \
 * RUN:   > out 2> err; test $? = 7
 * RUN: printf 'input\n--unit KiB\n' | diff - out
 * RUN: FileCheck --match-full-lines --check-prefix=ERR %s < err
 * ERR: memprof: process peak 5100 B (live blocks of marked functions)
 * ERR: Function: work (1 call, 2 allocations, peak 5100 B, kept 100 B)
 * ERR: memprof: profile 'memprof.run.[[#]].[[#]].mprof'; next: memprof report memprof.run.[[#]].[[#]].mprof
 *
 * One file, which has the curve too. The program stood still at its peak: a
 * sample has the exact peak.
 * RUN: ls *.mprof | count 1
 * RUN: %python %S/Inputs/series.py *.mprof > series
 * RUN: echo './run --unit KiB | every 0.01 s | live 5100' | diff - series
 * RUN: %memprof report --unit B > again 2> err && count 0 < err
 * RUN: grep 'work (1 call, 2 allocations, peak 5100 B, kept 100 B)' again
 * RUN: %memprof peak --unit B | FileCheck --check-prefix=PEAK %s
 * PEAK: {{^memprof.run.[0-9]+.[0-9]+.mprof$}}
 * PEAK-NEXT: {{^}}        5100 B  live blocks of marked functions
 * PEAK-NEXT: B  resident, process [[#]]: the largest of [[#]] samples, after
 * PEAK-NEXT: {{^}}        5100 B  work  {{.*}}marked.c:
 * RUN: %memprof list | grep ' exit 7 .* run  memprof.run.'
 *
 * Asleep, it has the curve alone; -o names the file, and an older one goes.
 * RUN: rm *.mprof && cp run old && for turn in 1 2; do \
 * RUN:   %memprof run -T 0.01 --enable=no -o x.mprof ./run < old > out 2> err; \
 * RUN:   test $? = 7 || exit 1; done
 * RUN: ls *.mprof | grep -qx x.mprof && FileCheck --check-prefix=ASLEEP %s < err
 * ASLEEP-NOT: {{.}}
 * ASLEEP: {{^}}memprof: nothing of MemProf woke in 'run': profile 'x.mprof' has its memory over time; next: memprof
 * RUN: %python %S/Inputs/series.py x.mprof > series
 * RUN: echo './run | every 0.01 s | live unknown' | diff - series
 * RUN: %memprof report x.mprof; test $? = 3
 */
#include <samples.h>
#include <string.h>

static struct samples samples;
static void *volatile kept;

__attribute__((annotate("profile"), noinline)) static void work(void) {
  kept = malloc(100);
  void *volatile block = malloc(5000);
  samples_wait(samples, getpid());
  free(block);
}

int main(int argc, char **argv) {
  char line[64] = "";
  if (fgets(line, sizeof line, stdin) && argc > 2)
    printf("%s%s %s\n", line, argv[1], argv[2]);
  samples = samples_open();
  work();
  return 7;
}
