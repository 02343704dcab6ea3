/* counts.h - what busy.c counts of its own events, in a shared file that
 * outlives it: before an event, and after. So an exact count of what happened
 * lies between the two, which differ by the event in flight. */
#ifndef MEMPROF_TEST_COUNTS_H
#define MEMPROF_TEST_COUNTS_H

#include <stdint.h>

#define THREADS 4

struct events {
  uint64_t allocs, bytes, frees, freed;
};

struct counts {
  struct {
    volatile struct events before, after;
    char unused[64];
  } threads[THREADS];
};

#endif
