// getline and asprintf are counted as libc asks for memory inside: the same as
// an independent interposer, stacked behind ours, sees in the same run.
//
// RUN: gcc -O1 -fPIC -shared %S/Inputs/count-malloc.c -o %t.count.so -ldl
// RUN: %mclang -g -O1 %s -o %t
// RUN: env LD_PRELOAD=%t.count.so PROFILE_MEMORY=1 \
// RUN:   PROFILE_MEMORY_OPTIONS=unit=B:columns=allocs,bytes,frees,freed \
// RUN:   %t > %t.out 2> %t.report
// RUN: awk '$1 ~ /^[0-9]+$/ && $4 == "B" \
// RUN:   { allocs += $2; bytes += $3; frees += $5; freed += $6 } \
// RUN:   END { print "interposer: allocs", allocs, "bytes", bytes, \
// RUN:   "frees", frees, "freed", freed }' %t.report | diff %t.out -
// RUN: not grep 'allocs 0' %t.out
#define _GNU_SOURCE
#include "memprof.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of Inputs/count-malloc.c: requests and bytes of this thread so far. */
extern __attribute__((weak)) unsigned long counted_allocs, counted_bytes,
    counted_frees, counted_freed;

MEMPROF_PROFILE void texts(FILE *file) {
  char *line = NULL, *message;
  size_t size = 0;
  while (getline(&line, &size, file) > 0)
    continue;
  if (asprintf(&message, "%s and %0300d", "some text", 7) < 0)
    abort();
  free(line);
  free(message);
}

int main(void) {
  static char text[1 << 16];
  memset(text, 'x', sizeof text - 1);
  text[1000] = text[5000] = text[40000] = '\n';
  FILE *file = fmemopen(text, sizeof text - 1, "r");
  unsigned long allocs = counted_allocs, bytes = counted_bytes;
  unsigned long frees = counted_frees, freed = counted_freed;
  texts(file);
  printf("interposer: allocs %lu bytes %lu frees %lu freed %lu\n",
         counted_allocs - allocs, counted_bytes - bytes, counted_frees - frees,
         counted_freed - freed);
  fclose(file);
  return 0;
}
