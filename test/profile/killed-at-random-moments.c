// A process that is killed at any moment leaves its profile: readable, and no
// event of any thread is missing but the one in flight. A moment is a number of
// events of the first thread, drawn at random; the earliest lie before the
// file. MEMPROF_KILLS=1000 makes more of them.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: %mclang -g -O1 -pthread %S/Inputs/busy.c -o busy
// RUN: %unit -I %S/Inputs %s -o survivors
// RUN: ./survivors ${MEMPROF_KILLS:-25} ${MEMPROF_SEED:-1} | FileCheck %s
// RUN: rm -f busy.mprof
//
// CHECK: seed
// CHECK: all profiles are whole
#include "survivors.h"

static uint64_t seed;

static uint64_t next_random(void) {
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return seed >> 33;
}

/* Mostly small: what is made along the way is made in the beginning. */
static uint64_t draw(void) {
  return next_random() % (1u << next_random() % 18);
}

int main(int argc, char **argv) {
  (void)argc;
  unsigned kills = (unsigned)atoi(argv[1]), without = 0, failed = 0;
  seed = strtoull(argv[2], NULL, 10);
  uint64_t events = 0;
  printf("seed %s\n", argv[2]);
  for (unsigned i = 0; i < kills; i++) {
    unlink("busy.mprof");
    volatile struct counts *counts = counts_make("counts");
    uint64_t moment = draw();
    pid_t child = start((char *[]){"./busy", "counts", NULL});
    /* half of them while the program starts: nothing is counted yet */
    for (uint64_t turn = 0; i % 2 && turn < moment % 512; turn++)
      sched_yield();
    while (i % 2 == 0 && counts->threads[0].after.allocs < moment)
      if (waitpid(child, NULL, WNOHANG) == child)
        die("busy ended by itself");
      else
        sched_yield();
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    int end = survivor_check("busy.mprof", counts);
    without += end == -1;
    if (end == -2 || end > 0) {
      printf("round %u, moment %" PRIu64 ": end %d\n", i, moment, end);
      failed++;
    }
    events += counts->threads[0].after.allocs;
    munmap((void *)counts, sizeof *counts);
  }
  printf("%u kills, %u before the file was there, %" PRIu64
         " allocations of the first thread\n",
         kills, without, events);
  printf("%s\n", failed ? "profiles are wrong" : "all profiles are whole");
  return failed != 0;
}
