/* command.h - a command line as a shell would read it back. No state, no heap.
 */
#ifndef MEMPROF_COMMON_COMMAND_H
#define MEMPROF_COMMON_COMMAND_H

#include <stddef.h>

/* Writes the words, each with a NUL behind it, as /proc/PID/cmdline has them,
 * with a blank between two and quotes where need be. The result is cut to
 * `capacity` with its NUL. */
void command_text(char *out, size_t capacity, const char *words, size_t length);

#endif
