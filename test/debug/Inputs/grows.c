// Takes 3 x 30 MiB in an unmarked callee: the third crosses 64 MiB.
#include "memprof.h"
#include <stdio.h>
#include <stdlib.h>

static __attribute__((noinline)) void *chunk(void) {
  char *p = malloc(30 << 20);
  *p = 1; // else an optimiser jumps to malloc, and this function is gone
  return p;
}

MEMPROF_PROFILE int fill(void *blocks[]) {
  int count = 0;
  while (count < 4) {
    blocks[count] = chunk();
    count++;
  }
  return count;
}

int main(void) {
  void *blocks[4];
  printf("%d blocks\n", fill(blocks));
  for (int i = 0; i < 4; i++)
    free(blocks[i]);
  return 3;
}
