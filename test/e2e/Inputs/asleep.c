/* Functions beside, above and below marked ones. */
#include "memprof.h"
#include <stdlib.h>

int unmarked(int *values, int n) {
  int total = 0;
  for (int i = 0; i < n; i++)
    total += values[i];
  return total;
}

void unmarked_loop(double *a, const double *b, const double *c, int n) {
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      for (int k = 0; k < n; k++)
        a[i * n + j] += b[i * n + k] * c[k * n + j];
}

static int helper(int n) { return n * n + 7; }

int unmarked_caller(int n) {
  int *values = malloc(n * sizeof *values);
  for (int i = 0; i < n; i++)
    values[i] = helper(i);
  int total = unmarked(values, n);
  free(values);
  return total;
}

MEMPROF_PROFILE int *marked(int n) {
  int *values = calloc(n, sizeof *values);
  if (values)
    values[0] = n;
  return values;
}

MEMPROF_PROFILE void marked_loop(double *a, const double *b, const double *c,
                                 int n) {
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      for (int k = 0; k < n; k++)
        a[i * n + j] += b[i * n + k] * c[k * n + j];
}

MEMPROF_PROFILE int marked_static_caller(int n) {
  int total = 0;
  for (int i = 0; i < n; i++)
    total += helper(i);
  return total;
}

MEMPROF_PROFILE int marked_interpreter(const char *code) {
  static const void *const table[] = {&&stop, &&one, &&two};
  int n = 0;
  goto *table[(int)*code++];
one:
  n += 1;
  goto *table[(int)*code++];
two:
  n += 2;
  goto *table[(int)*code++];
stop:
  return n;
}
