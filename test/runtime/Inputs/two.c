// Two marked functions, one allocation outside, a line of the program's own
// output, and an exit status: the argument.
#include "memprof.h"
#include <stdio.h>
#include <stdlib.h>

MEMPROF_PROFILE void small(void) {
  free(malloc(100)); //
}

MEMPROF_PROFILE void *large(void) {
  return malloc(2000000); //
}

int main(int argc, char **argv) {
  puts("the program's own output");
  small();
  void *first = large();
  void *outside = malloc(50);
  free(first);
  free(large());
  free(outside);
  return argc > 1 ? atoi(argv[1]) : 0;
}
