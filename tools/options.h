/* options.h - the options of a command: one table, from which getopt_long reads
 * them, -h, man pages and shell completion show them. */
#ifndef MEMPROF_TOOL_OPTIONS_H
#define MEMPROF_TOOL_OPTIONS_H

#include "tool.h"

/* One option. A table ends with a row without a name. */
struct option_row {
  const char *name;     /* the long one, without "--" */
  char letter;          /* the short one; 0: none */
  const char *argument; /* NULL: takes none. As help shows it: "FILE",
                           "GLOB", or the words allowed: "text|json|csv"; a
                           value that is none of them ends the walk. In
                           brackets, "[N]": may be left out (--name=N) */
  const char *help;     /* begins lower case; '\n' where it goes on */
  int key;              /* what the command tells it by, from 1 on */
};

/* The row of a key of [profile], which is set with config_option(). */
#define OPTION_OF_CONFIG(KEY, TYPE, DEFAULT, VALUES, HELP)                     \
  {#KEY, 0, OPTION_ARGUMENT_##TYPE(VALUES), HELP, OPTION_CONFIG},
#define OPTION_ARGUMENT_BOOL(VALUES) "[yes|no]"
#define OPTION_ARGUMENT_CHOICE(VALUES) VALUES
#define OPTION_ARGUMENT_NUMBER(VALUES) "N"
#define OPTION_ARGUMENT_SIZE(VALUES) "SIZE"
#define OPTION_ARGUMENT_TEXT(VALUES) "TEXT"
enum { OPTION_CONFIG = 0x1000 };

/* A walk over the options of argv; the fields below `value` are its own. */
struct options {
  const struct command *command;
  const char *value; /* of the option at hand; NULL: none was given */
  unsigned word;     /* where words are allowed: which of them it is, from 0 */
  int argc;
  char **argv;
  enum status status; /* when is_over: what the command returns */
  bool is_over;       /* help was printed, or a mistake was said */
};

/* Starts a walk; argv[0] is the command's. */
void options_start(struct options *options, const struct command *command,
                   int argc, char **argv);
/* The next option; NULL at the end: then argv[optind] and on are the operands,
 * unless is_over. Knows -h and --help by itself. */
const struct option_row *options_next(struct options *options);
/* Ends the walk with the command's usage, after error(). Always NULL. */
const struct option_row *options_stop(struct options *options);

struct mprt_config;
/* Sets the key of [profile] that an OPTION_OF_CONFIG row stands for. Returns
 * false after error(), with the walk stopped. */
bool config_option(struct options *options, const struct option_row *row,
                   struct mprt_config *config);

#endif
