/* effective_limits.h - the limits that a run here would have, for
 * `memprof config`. The ini is read: the rules of runtime/rules.h are its. */
#ifndef MEMPROF_EFFECTIVE_LIMITS_H
#define MEMPROF_EFFECTIVE_LIMITS_H

#include <stdbool.h>

/* The sections of the ini, each line with its place. */
void limits_print_sections(void);

/* The marked functions of a binary: for each metric the limit that holds and
 * where it is set, below it those that it beats. Returns false after error(). */
bool limits_print_functions(const char *path);

#endif
