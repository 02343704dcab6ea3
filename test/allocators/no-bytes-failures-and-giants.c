// malloc(0) is a block of no bytes; a call that fails counts for nothing and
// leaves the errno that its allocator left asleep; sizes above 4 GiB and
// alignments up to 2 MiB are exact, over each allocator.
//
// clang-format off
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: LEVELS="O0 O2" %every_level %s > plain.txt && FileCheck %s < plain.txt
// RUN: grep -c 'left errno 12' plain.txt | grep -x 4
// Debian's mimalloc 2.0.9 misaligns blocks at 256 and 512, with us or without:
// so the program's own words are compared too, asleep and awake.
// RUN: grep 'misaligned 0' plain.txt
// RUN: sed -n '/^Filename/,$p' plain.txt > numbers.txt
// RUN: for level in O0 O2; do %mclang -fno-builtin -g -$level %s -o edges || exit 1; \
// RUN: for allocator in libjemalloc.so.2 libtcmalloc.so.4 libmimalloc.so.2; do \
// RUN:   echo "$allocator, -$level"; \
// RUN:   LD_PRELOAD=$allocator ./edges > asleep.txt 2> talk.txt || exit 1; \
// RUN:   LD_PRELOAD=$allocator sh %S/Inputs/report.sh ./edges > awake.txt || exit 1; \
// RUN:   grep -E 'left errno|^misaligned' awake.txt | diff asleep.txt - || exit 1; \
// RUN:   sed -n '/^Filename/,$p' awake.txt | diff numbers.txt - || exit 1; \
// RUN: done; done
// clang-format on
#define _GNU_SOURCE
#include "memprof.h"
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static volatile size_t none = 0;
static volatile size_t too_much = PTRDIFF_MAX;
static volatile size_t five_gib = (size_t)5 << 30;

static void expect(int holds) {
  if (!holds)
    abort();
}

static void refused(const char *name, const void *block) {
  int left = errno;
  expect(!block);
  printf("%s left errno %d\n", name, left);
  errno = 5;
}

MEMPROF_PROFILE void no_bytes(void) {
  void *p = malloc(none);
  free(p);
  free(calloc(none, 8));
  free(NULL);
}

MEMPROF_PROFILE void failing(void *p) {
  errno = 5;
  refused("malloc", malloc(too_much));
  refused("calloc", calloc(too_much, 4));
  refused("realloc", realloc(p, too_much));
  refused("aligned_alloc", aligned_alloc(64, too_much & -(size_t)64));
  void *q = NULL;
  expect(posix_memalign(&q, 3, 8) == EINVAL);
  refused("posix_memalign", q);
}

MEMPROF_PROFILE void giants(void) {
  char *p = malloc(five_gib);
  expect(p != NULL);
  free(p);
  p = realloc(malloc(100), five_gib + 1);
  expect(p != NULL);
  free(p);
}

MEMPROF_PROFILE int aligned(void) {
  int misaligned = 0;
  for (size_t alignment = 16; alignment <= 2 << 20; alignment *= 2) {
    void *p = aligned_alloc(alignment, 2 * alignment);
    misaligned += !p || (uintptr_t)p % alignment != 0;
    free(p);
  }
  return misaligned;
}

MEMPROF_PROFILE void errno_stays(void) {
  errno = 77;
  void *p = malloc(100);
  p = realloc(p, 200);
  free(p);
  expect(errno == 77);
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  no_bytes();
  void *p = malloc(10);
  failing(p);
  free(p);
  giants();
  printf("misaligned %d\n", aligned());
  errno_stays();
  return 0;
}

// clang-format off
//      CHECK: Function: no_bytes (1 call, 2 allocations, peak 0 B, kept 0 B)
//      CHECK: 49 0 B 0 B 1 1 1 0 B 0 B 0 B 0 B free(calloc
//      CHECK: Function: failing (1 call, 0 allocations, peak 0 B, kept 0 B)
// 5 GiB are 5368709120 bytes; 100 + 5368709121.
//      CHECK: Function: giants (1 call, 3 allocations, peak 5368709121 B, kept 0 B)
//      CHECK: 65 5368709120 B 5368709120 B 1 1 0 5368709120 B 0 B 5368709120 B 0 B char *p
//      CHECK: 67 0 B -5368709120 B 1 0 1 0 B 5368709120 B 0 B 0 B free(p);
// CHECK-NEXT: 68 5368709121 B 5368709121 B 1 2 1 5368709221 B 100 B 5368709121 B 0 B p = realloc
// 2 * (16 + 32 + ... + 2 MiB) = 2 * (4 MiB - 16)
//      CHECK: Function: aligned (1 call, 18 allocations, peak 4194304 B, kept 0 B)
//      CHECK: 76 4194304 B 8388576 B 18 18 0 8388576 B 0 B 4194304 B 0 B void *p
//      CHECK: Function: errno_stays (1 call, 2 allocations, peak 200 B, kept 0 B)
//  CHECK-NOT: memprof:
