// Recursion takes room in the profile: more than 1 MiB for these calls.
#include "memprof.h"
#include <stdio.h>

MEMPROF_PROFILE int deep(int calls) {
  return calls > 1 ? 1 + deep(calls - 1) : 1;
}

int main(void) {
  printf("%d calls\n", deep(20000));
  return 0;
}
