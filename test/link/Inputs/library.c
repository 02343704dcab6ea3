/* A library with marked functions. */
#include "memprof.h"
#include <stdlib.h>
#include <string.h>

MEMPROF_PROFILE char *library_text(const char *text) {
  char *copy = malloc(strlen(text) + 1);
  strcpy(copy, text);
  return copy;
}

MEMPROF_PROFILE void library_release(char *text) { free(text); }
