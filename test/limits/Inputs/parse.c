// Allocates the argument's bytes, and 206 more behind them.
#include "memprof.h"
#include <stdlib.h>

MEMPROF_LIMIT("allocs=2..3", "frees=2", "bytes=2KiB", "peak=1KiB", "kept=0",
              "leaked=0")
void parse(size_t size) {
  char *text = malloc(size);
  free(text);
  char *words = malloc(206);
  free(words);
}

int main(int argc, char **argv) {
  parse(argc > 1 ? strtoul(argv[1], NULL, 10) : 1);
  return argc > 2 ? atoi(argv[2]) : 0;
}
