/* Takes the place of the weak function. */
#include "memprof.h"
#include <stdlib.h>

static void *volatile escaped;

MEMPROF_PROFILE void overridden(size_t n) { free(escaped = malloc(n)); }
