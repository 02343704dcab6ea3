// grows.c: its own result depends on what it allocates, and its profile
// outgrows the room that its file begins with. Ends with status 7.
#include "memprof.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

MEMPROF_PROFILE static int deep(int calls) {
  char *text = malloc(100);
  memset(text, calls & 0x7f, 100);
  int sum = text[calls % 100] + (calls > 1 ? deep(calls - 1) : 0);
  free(text);
  return sum;
}

int main(void) {
  int sum = 0;
  for (int depth = 1; depth <= 8192; depth *= 2)
    sum += deep(depth);
  printf("%d\n", sum);
  return 7;
}
