// A cache that is filled once; a part of it is dropped while another block is
// made.
#include "memprof.h"
#include <stdlib.h>

static char *volatile cache, *volatile part, *volatile found, *volatile left;

MEMPROF_PROFILE void fill(void) {
  cache = malloc(100000); // filled
  part = malloc(40000);
}

MEMPROF_PROFILE void look_up(void) {
  if (!cache)
    fill();           // first
  found = malloc(10); // found
}

MEMPROF_PROFILE void drop(void) {
  left = malloc(7);
  free(part);
}

int main(void) {
  look_up();
  look_up();
  drop();
  return 0;
}
