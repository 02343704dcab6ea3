// An unmarked callee in a file of its own: takes 64 MiB and gives it back.
#include <stdlib.h>
#include <string.h>

/* volatile: an optimiser must not see through the block and delete it */
int temporary(void) {
  char *volatile block = malloc(64 << 20);
  memset(block, 1, 64 << 20);
  int last = block[(64 << 20) - 1];
  free(block);
  return last;
}
