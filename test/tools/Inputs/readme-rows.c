/* Prints the option table as rows of README's. */
#include "memprof_options.h"
#include <stdio.h>

#define ROW(KEY, TYPE, DEFAULT, VALUES, HELP)                                  \
  printf("| `%s` | `%s` | %s%s%s |\n", #KEY, DEFAULT, HELP,                    \
         VALUES[0] ? ": " : "", VALUES);

int main(void) {
  MEMPROF_OPTIONS(ROW)
  return 0;
}
