/* runtime_messages.h - what the runtime's readers of settings have to say, when
 * the tool calls them. */
#ifndef MEMPROF_TOOL_RUNTIME_MESSAGES_H
#define MEMPROF_TOOL_RUNTIME_MESSAGES_H

#include <stdbool.h>

extern unsigned runtime_messages; /* said so far */
extern bool runtime_is_muted;     /* from now on they are not said */

#endif
