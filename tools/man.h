/* man.h - manual pages in the man(7) macros, from the texts of -h. */
#ifndef MEMPROF_TOOL_MAN_H
#define MEMPROF_TOOL_MAN_H

#include "options.h"
#include <stdio.h>

/* memprof(1). */
void man_print_tool(FILE *to);
/* memprof-COMMAND(1). */
void man_print_command(FILE *to, const struct command *command);

#endif
