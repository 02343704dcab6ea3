/* options.c - reads a command's options with getopt_long, from its table. */
#include "options.h"
#include "config.h"
#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { ROWS_MAX = 64, HELP_KEY = 0x2000 };

/* The index of a row stands in place of its key: letters are keys of getopt. */
struct getopt_table {
  struct option longs[ROWS_MAX + 2];
  char shorts[3 * ROWS_MAX + 4];
};

static int takes(const struct option_row *row) {
  if (!row->argument)
    return no_argument;
  return row->argument[0] == '[' ? optional_argument : required_argument;
}

static void add_short(struct getopt_table *table, char letter, int how) {
  size_t length = strlen(table->shorts);
  table->shorts[length++] = letter;
  for (int colons = 0; colons < how; colons++)
    table->shorts[length++] = ':';
}

static void make_table(struct getopt_table *table,
                       const struct command *command) {
  memset(table, 0, sizeof *table);
  if (command->is_wrapper)
    table->shorts[0] = '+'; /* what follows the program belongs to it */
  add_short(table, 'h', no_argument);
  table->longs[0] = (struct option){"help", no_argument, NULL, HELP_KEY};
  const struct option_row *rows = command->options;
  for (int i = 0; rows && rows[i].name && i < ROWS_MAX; i++) {
    table->longs[i + 1] =
        (struct option){rows[i].name, takes(&rows[i]), NULL, HELP_KEY + 1 + i};
    if (rows[i].letter)
      add_short(table, rows[i].letter, takes(&rows[i]));
  }
}

static const struct option_row *row_of_letter(const struct option_row *rows,
                                              int letter) {
  while (rows->name && rows->letter != letter)
    rows++;
  return rows->name ? rows : NULL;
}

void options_start(struct options *options, const struct command *command,
                   int argc, char **argv) {
  *options = (struct options){.command = command, .argc = argc, .argv = argv};
  optind = 0; /* glibc: start anew */
}

const struct option_row *options_stop(struct options *options) {
  options->is_over = true;
  options->status = usage_error(options->command->name);
  return NULL;
}

/* Whether the value is one of the words that its row allows. */
static bool find_word(struct options *options, const struct option_row *row) {
  char words[512], list[2 * sizeof words] = "", *rest = NULL;
  snprintf(words, sizeof words, "%s", row->argument);
  options->word = 0;
  for (char *word = strtok_r(words, "[|]", &rest); word;
       word = strtok_r(NULL, "[|]", &rest), options->word++) {
    if (strcmp(options->value, word) == 0)
      return true;
    strcat(strcat(list, options->word ? ", " : ""), word);
  }
  return error("--%s: unknown '%s', known are %s", row->name, options->value,
               list);
}

/* Rows of config_option() have words that it looks at itself. */
static bool has_words(const struct option_row *row) {
  return row->argument && strchr(row->argument, '|') &&
         row->key != OPTION_CONFIG;
}

static const struct option_row *row_of(const struct command *command, int key) {
  return key > HELP_KEY ? &command->options[key - HELP_KEY - 1]
                        : row_of_letter(command->options, key);
}

const struct option_row *options_next(struct options *options) {
  struct getopt_table table;
  if (options->is_over)
    return NULL;
  make_table(&table, options->command);
  int key = getopt_long(options->argc, options->argv, table.shorts, table.longs,
                        NULL);
  options->value = optarg;
  if (key == -1)
    return NULL;
  if (key == 'h' || key == HELP_KEY) {
    command_print_help(options->command);
    options->is_over = true;
    options->status = STATUS_FINE;
    return NULL;
  }
  const struct option_row *row =
      key == '?' ? NULL : row_of(options->command, key);
  if (!row || (options->value && has_words(row) && !find_word(options, row)))
    return options_stop(options);
  return row;
}

bool config_option(struct options *options, const struct option_row *row,
                   struct mprt_config *config) {
  char what[512];
  if (mprt_config_set(config, row->name,
                      options->value ? options->value : "yes", what,
                      sizeof what))
    return true;
  error("--%s", what);
  options_stop(options);
  return false;
}
