// One marked function that uses each entry point: 16 allocations of 1000368
// bytes, and calls that fail, which count for nothing.
#define _GNU_SOURCE
#include "memprof.h"
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Newer than some libcs: ours are there all the same.
void free_sized(void *block, size_t size);
void free_aligned_sized(void *block, size_t alignment, size_t size);

static void check(int holds, const char *what) {
  if (holds)
    return;
  fprintf(stderr, "failed: %s\n", what);
  exit(1);
}

static volatile size_t too_much = (size_t)-100;
static volatile size_t huge = (size_t)1 << 32; // squared: wraps to 0

MEMPROF_PROFILE static void use_all(void) {
  void *p = malloc(10);
  free(p);
  p = calloc(3, 7);
  free(p);
  p = realloc(NULL, 5);
  p = realloc(p, 50);
  free(p);
  p = reallocarray(NULL, 3, 4);
  free(p);
  check(posix_memalign(&p, 64, 11) == 0 && (uintptr_t)p % 64 == 0, "aligned");
  free(p);
  p = aligned_alloc(64, 128);
  free(p);
  p = memalign(32, 13);
  free(p);
  p = valloc(17);
  free(p);
  p = strdup("abc");
  free(p);
  p = malloc(0);
  free(p);
  p = malloc(23);
  free_sized(p, 23);
  p = aligned_alloc(64, 64);
  free_aligned_sized(p, 64, 64);
  free(NULL);

  errno = 77;
  p = malloc(1000000);
  check(errno == 77, "malloc keeps errno");
  free(p);
  check(errno == 77, "free keeps errno");

  p = malloc(8);
  void *q = realloc(p, 0); // a block of 0 bytes, or none
  if (q)
    free(q);

  p = malloc(2);
  check(realloc(p, too_much) == NULL, "failed realloc");
  check(reallocarray(p, huge, huge) == NULL, "failed reallocarray");
  free(p);
  check(malloc(too_much) == NULL && errno == ENOMEM, "failed malloc");
  check(calloc(huge, huge) == NULL && errno == ENOMEM, "failed calloc");
  check(posix_memalign(&q, 3, 8) == EINVAL, "failed posix_memalign");
}

int main(void) {
  use_all();
  return 0;
}
