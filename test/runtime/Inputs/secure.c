// Says whether the kernel calls it secure, and whether it could wake.
#include "memprof.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>

MEMPROF_PROFILE void work(void) { free(malloc(5)); }

int main(void) {
  int enabled = memprof_enable();
  work();
  printf("secure %lu, enabled %d\n", getauxval(AT_SECURE), enabled);
  return 0;
}
