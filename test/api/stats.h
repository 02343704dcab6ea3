/* stats.h - prints what a program reads of its own numbers. */
#include "memprof.h"
#include <stdio.h>

static void show_call(const char *which, const struct memprof_call *call) {
  printf("  %s: allocs %llu frees %llu bytes %llu peak %llu kept %llu\n", which,
         call->allocs, call->frees, call->bytes, call->peak, call->kept);
}

static void show(const char *name) {
  struct memprof_stats stats;
  if (!memprof_get(name, &stats)) {
    printf("%s: unknown\n", name);
    return;
  }
  printf("%s: calls %llu allocs %llu frees %llu bytes %llu freed %llu kept "
         "%llu\n",
         name, stats.calls, stats.allocs, stats.frees, stats.bytes, stats.freed,
         stats.kept);
  if (!stats.calls)
    return;
  show_call("smallest", &stats.smallest);
  show_call("largest", &stats.largest);
  show_call("first", &stats.first);
}
