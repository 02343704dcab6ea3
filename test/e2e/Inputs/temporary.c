// An unmarked callee in a file of its own: takes 64 MiB and gives it back.
#include <stdlib.h>
#include <string.h>

int temporary(void) {
  char *block = malloc(64 << 20);
  memset(block, 1, 64 << 20);
  int last = block[(64 << 20) - 1];
  free(block);
  return last;
}
