/* completion.h - completion scripts for shells, from the tables of commands and
 * options. */
#ifndef MEMPROF_TOOL_COMPLETION_H
#define MEMPROF_TOOL_COMPLETION_H

#include <stdio.h>

/* X(shell) */
#define SHELLS(X) X(bash) X(zsh) X(fish)

#define DECLARE_SHELL(SHELL) void completion_##SHELL(FILE *to);
SHELLS(DECLARE_SHELL)
#undef DECLARE_SHELL

#endif
