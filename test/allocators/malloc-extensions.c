// malloc_usable_size, malloc_trim, mallopt and mallinfo2 stay the C library's:
// they answer awake what they answer asleep, for the allocator is used as it
// is, without a byte in front of its blocks.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: LEVELS="O0 O2" %every_level %s > awake.txt && FileCheck %s < awake.txt
// RUN: sed -n '/^answer/p' awake.txt > answers.txt && count 6 < answers.txt
// RUN: %mclang -g -O2 %s -o asleep && ./asleep | diff - answers.txt
// RUN: %clang -O2 -I %inc %s -o without && ./without | diff - answers.txt
#include "memprof.h"
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

static void answer(const char *name, size_t value) {
  printf("answer %s %zu\n", name, value);
}

MEMPROF_PROFILE void ask(void) {
  static char unbuffered[1];
  setvbuf(stdout, unbuffered, _IONBF, 0);
  size_t before = mallinfo2().uordblks;
  void *volatile p = malloc(3000); // a pair that nobody may optimise away
  answer("usable", malloc_usable_size(p));
  answer("in use", mallinfo2().uordblks - before);
  free(p);
  answer("in use", mallinfo2().uordblks - before);
  answer("mallopt", (size_t)mallopt(M_MMAP_THRESHOLD, 65536));
  p = malloc(1 << 20);
  answer("mapped", mallinfo2().hblks);
  free(p);
  answer("trim", (size_t)(malloc_trim(0) >= 0));
}

int main(void) {
  void *volatile first = malloc(1); // sets the heap up
  free(first);
  ask();
  return 0;
}

// clang-format off
// CHECK: Function: ask (1 call, 2 allocations, peak 1048576 B, kept 0 B)
