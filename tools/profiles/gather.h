/* gather.h - the profile files that a command was given, added up to one. */
#ifndef MEMPROF_GATHER_H
#define MEMPROF_GATHER_H

#include "combine.h"
#include <stddef.h>

/* Reads the files in the order in which their processes started, one at a time,
 * and adds them up. What lasts longer than a second shows its progress, on a
 * terminal. Returns false after error() for each file that cannot be read;
 * combined_release() either way. */
bool gather(struct combined *combined, char **paths, size_t count);

#endif
