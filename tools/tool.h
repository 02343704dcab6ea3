/* tool.h - what the commands of `memprof` share: their table's row, exit
 * statuses and how errors are said. */
#ifndef MEMPROF_TOOL_H
#define MEMPROF_TOOL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

enum status {
  STATUS_FINE = 0,
  STATUS_BROKEN = 1,  /* a limit or a regression */
  STATUS_USAGE = 2,   /* usage, or input that cannot be read */
  STATUS_NOTHING = 3, /* nothing was measured, or there is nothing to measure */
};

struct option_row; /* options.h */

/* A command: defined in its cmd_*.c, named in the table of main.c. */
struct command {
  const char *name;
  const char *operands; /* as the usage line shows them: "[FILE...]" */
  const char *summary;  /* one line, for the list of commands */
  const char *details;  /* what -h and the man page say below: paragraphs */
  const struct option_row *options; /* without -h; NULL: none */
  bool
      is_wrapper; /* options end at the first operand: a program with its own */
  /* argv[0] is "memprof NAME", so getopt's messages say who speaks. */
  enum status (*run)(int argc, char **argv);
};

/* X(name), in the order of the list. */
#define COMMANDS(X)                                                            \
  X(run)                                                                       \
  X(report)                                                                    \
  X(plot)                                                                      \
  X(peak)                                                                      \
  X(list)                                                                      \
  X(rm)                                                                        \
  X(clean)                                                                     \
  X(export)                                                                    \
  X(merge)                                                                     \
  X(diff)                                                                      \
  X(check)                                                                     \
  X(history)                                                                   \
  X(watch)                                                                     \
  X(functions)                                                                 \
  X(config)                                                                    \
  X(completion)                                                                \
  X(help)

#define DECLARE_COMMAND(NAME) extern const struct command command_##NAME;
COMMANDS(DECLARE_COMMAND)
#undef DECLARE_COMMAND

/* The table; it ends with NULL. */
extern const struct command *const commands[];
/* NULL when there is no such command. */
const struct command *command_find(const char *name);
/* The list of commands. */
void commands_print(FILE *to);
/* `memprof help NAME` on stdout. */
void command_print_help(const struct command *command);
/* After getopt has said what is wrong: where the right usage stands. */
enum status usage_error(const char *command);
/* Says that there is no such command, and which one may have been meant. */
enum status unknown_command(const char *name);

/* Says "memprof: ..." on stderr. Always false, so that `return error(...)` goes
 * up to the command, which alone picks the exit status. */
bool error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say(const char *format, va_list arguments)
    __attribute__((format(printf, 1, 0)));

/* A text that others wrote: what a terminal would obey comes out as \xNN. */
void print_name(FILE *to, const char *text);

#endif
