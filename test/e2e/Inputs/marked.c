/* A few marked functions, among them a static one that would vanish when
 * inlined. */
#include "memprof.h"
#ifdef DEFINED_AWAY
#undef MEMPROF_PROFILE
#undef MEMPROF_LIMIT
#undef MEMPROF_PROFILE_BODY
#define MEMPROF_PROFILE
#define MEMPROF_LIMIT(...)
#define MEMPROF_PROFILE_BODY
#endif
#include <stdlib.h>

MEMPROF_PROFILE static int *array(int n) {
  int *values = (int *)malloc(n * sizeof *values);
  for (int i = 0; i < n; i++)
    values[i] = i * i;
  return values;
}

MEMPROF_LIMIT("peak=1MiB", "allocs=10") int sum(int n) {
  int *values = array(n), total = 0;
  for (int i = 0; i < n; i++)
    total += values[i];
  free(values);
  return total;
}

int twice(int n) {
  MEMPROF_PROFILE_BODY;
  int *value = (int *)malloc(sizeof *value);
  *value = 2 * n;
  n = *value;
  free(value);
  return n;
}
