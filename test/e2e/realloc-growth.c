// realloc: a release of the old block and an allocation of the new one in a
// single event, so Peak sees only the net, moved or not. A failed one changes
// nothing.
//
// RUN: %every_level %s | FileCheck %s
#include "memprof.h"
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

static volatile size_t too_much = PTRDIFF_MAX;

MEMPROF_PROFILE char *grow(void) {
  char *text = NULL;
  for (size_t size = 1000; size <= 4000; size *= 2)
    text = realloc(text, size);
  errno = 0;
  char *none = realloc(text, too_much);
  if (none || errno != ENOMEM)
    abort();
  text = realloc(text, 500);
  return text;
}

int main(void) {
  free(grow());
  return 0;
}

// clang-format off
//      CHECK: Function: grow (1 call, 4 allocations, peak 4000 B, kept 0 B)
//      CHECK: 16 4000 B 4000 B 3 3 2 7000 B 3000 B 2000 B 0 B text = realloc
//      CHECK: 18 4000 B 0 B 1 0 0 0 B 0 B 0 B 0 B char *none
//      CHECK: 21 500 B -3500 B 1 1 1 500 B 4000 B 0 B 0 B text = realloc
