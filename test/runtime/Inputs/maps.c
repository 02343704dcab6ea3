// One mapping and one block.
#include "memprof.h"
#include <stdlib.h>
#include <sys/mman.h>

MEMPROF_PROFILE void maps(void) {
  void *p = mmap(0, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p != MAP_FAILED)
    free(malloc(1));
}

int main(void) {
  maps();
  return 0;
}
