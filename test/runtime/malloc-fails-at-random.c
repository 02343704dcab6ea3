// An allocator that fails at random: what failed is not counted, what did not
// is, to the last byte; the runtime needs none of it, awake or at the end, with
// a profile file or without. The program holds its own count against the
// report's.
//
// clang-format off
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir && %mclang -g -O1 -pthread %s -o program
// RUN: %host_cc -O1 -shared -fPIC -fno-builtin -DALLOCATOR %s -o failing.so
// RUN: for seed in 1 2 3 4; do for output in none fails.mprof; do \
// RUN:   echo "seed $seed, output $output"; \
// RUN:   status=0; env SEED=$seed LD_PRELOAD=./failing.so PROFILE_MEMORY=1 \
// RUN:     PROFILE_MEMORY_OPTIONS=columns=allocs,frees,bytes,freed:unit=B:stream=report:output=$output ./program > own 2> err || status=$?; \
// RUN:   [ $status = 7 ] && [ ! -s err ] || { echo "status $status"; cat err; exit 1; }; \
// RUN:   awk '/[/][/] here/ { print $2, $3, $4, $6 }' report > counted; \
// RUN:   diff own counted || { cat report; exit 1; }; \
// RUN: done; done
// clang-format on
#ifdef ALLOCATOR

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

/* Every third call, on the average, but for libc's own at the start. */
static int fails(void) {
  static _Atomic uint64_t calls;
  const char *seed = getenv("FAILS_NOW");
  if (!seed)
    return 0;
  uint64_t random =
      (++calls + (uint64_t)atoi(seed) * 1000) * UINT64_C(0x9e3779b97f4a7c15);
  if ((random >> 40) % 3)
    return 0;
  errno = ENOMEM;
  return 1;
}

void *malloc(size_t size) { return fails() ? NULL : __libc_malloc(size); }
void free(void *block) { __libc_free(block); }
void *calloc(size_t count, size_t size) {
  return fails() ? NULL : __libc_calloc(count, size);
}
void *realloc(void *block, size_t size) {
  return fails() ? NULL : __libc_realloc(block, size);
}

#else

#include "memprof.h"
#include <stdio.h>
#include <stdlib.h>

static unsigned long allocs, frees, bytes, freed;

/* All on one line, which the report gives back. */
MEMPROF_PROFILE static void turn(void **block, size_t *held, size_t size) {
  // clang-format off
  void *made = *block && size % 2 ? (free(*block), (void *)NULL) : *block ? realloc(*block, size) : size % 3 ? malloc(size) : calloc(1, size); // here
  // clang-format on
  int released = *block && size % 2;
  if (released || (*block && made)) {
    frees++;
    freed += *held;
  }
  if (made) {
    allocs++;
    bytes += size;
  }
  if (made || released) {
    *block = made;
    *held = size;
  }
}

int main(void) {
  static void *blocks[16];
  static size_t held[16];
  setenv("FAILS_NOW", getenv("SEED"), 1);
  for (unsigned i = 0; i < 20000; i++)
    turn(&blocks[i * 7 % 16], &held[i * 7 % 16], 1 + i * 31 % 997);
  static char text[128];
  setvbuf(stdout, text, _IOFBF, sizeof text);
  printf("%lu %lu %lu %lu\n", allocs, frees, bytes, freed);
  return 7;
}

#endif
