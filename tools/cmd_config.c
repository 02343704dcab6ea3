/* cmd_config.c - `memprof config`: the settings a run here would have, and
 * where each comes from. The runtime's own readers read them. */
#include "common/sizes.h"
#include "config.h"
#include "effective_limits.h"
#include "options.h"
#include "runtime_messages.h"
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum type { BOOL, CHOICE, NUMBER, SIZE, TEXT };

static const struct row {
  const char *key;
  enum type type;
  size_t offset, size; /* of its field in struct mprt_config */
  const char *value, *values, *help;
} rows[] = {
#define ROW(KEY, TYPE, DEFAULT, VALUES, HELP)                                  \
  {#KEY,                                                                       \
   TYPE,                                                                       \
   offsetof(struct mprt_config, MPRT_CONFIG_NAME(KEY)),                        \
   sizeof(((struct mprt_config *)0)->MPRT_CONFIG_NAME(KEY)),                   \
   DEFAULT,                                                                    \
   VALUES,                                                                     \
   HELP},
    MEMPROF_OPTIONS(ROW)
#undef ROW
};
enum { ROW_COUNT = sizeof rows / sizeof *rows };

/* ---- One layer over the other ---- */

struct settings {
  struct mprt_config config;
  const char *from[ROW_COUNT];
};

typedef void layer(struct mprt_config *config);

static const char *ini_path(void) {
  const char *path = getenv(MEMPROF_ENV_CONFIG);
  return path && *path ? path : MEMPROF_CONFIG_FILE;
}

static void read_ini(struct mprt_config *config) {
  const char *path = getenv(MEMPROF_ENV_CONFIG);
  mprt_ini_load(config, ini_path(), path && *path);
}

static void read_options(struct mprt_config *config) {
  const char *text = getenv(MEMPROF_ENV_OPTIONS);
  if (text)
    mprt_options_load(config, text);
}

static void read_switch(struct mprt_config *config) {
  const char *text = getenv(MEMPROF_ENV_SWITCH);
  if (!text || !*text)
    return;
  bool on = false;
  if (!mprt_config_bool(text, &on))
    mprt_message("%s: '%.60s' is neither yes nor no: profiling stays off",
                 MEMPROF_ENV_SWITCH, text);
  config->enable = on;
}

/* Fills a config with one byte; a text stays one. */
static void fill(struct mprt_config *config, int byte) {
  memset(config, byte, sizeof *config);
  for (int i = 0; i < ROW_COUNT; i++)
    if (rows[i].type == TEXT)
      ((char *)config + rows[i].offset)[rows[i].size - 1] = '\0';
}

static bool is_equal(const struct row *row, const struct mprt_config *a,
                     const struct mprt_config *b) {
  const char *left = (const char *)a + row->offset;
  const char *right = (const char *)b + row->offset;
  return row->type == TEXT ? strcmp(left, right) == 0
                           : memcmp(left, right, row->size) == 0;
}

/* What a layer sets is what it makes equal in two configs that had nothing in
 * common: so a key set to its default is seen, too. */
static void put_layer(struct settings *settings, layer *read,
                      const char *name) {
  static struct mprt_config ones, twos;
  fill(&ones, 1);
  fill(&twos, 2);
  runtime_is_muted = true;
  read(&ones);
  read(&twos);
  runtime_is_muted = false;
  read(&settings->config);
  for (int i = 0; i < ROW_COUNT; i++)
    if (is_equal(&rows[i], &ones, &twos))
      settings->from[i] = name;
}

/* ---- Printing ---- */

/* The index-th of the words between '|'. */
static void choice_word(const char *words, unsigned index, char *out,
                        size_t capacity) {
  while (index-- > 0)
    words += strcspn(words, "|") + 1;
  snprintf(out, capacity, "%.*s", (int)strcspn(words, "|"), words);
}

static void value_text(const struct row *row, const struct mprt_config *config,
                       char *out, size_t capacity) {
  const void *field = (const char *)config + row->offset;
  switch (row->type) {
  case BOOL:
    snprintf(out, capacity, "%s", *(const bool *)field ? "true" : "false");
    break;
  case CHOICE:
    choice_word(row->values, *(const unsigned *)field, out, capacity);
    break;
  case NUMBER:
    snprintf(out, capacity, "%u", *(const unsigned *)field);
    break;
  case SIZE:
    size_format(out, capacity, (int64_t) * (const uint64_t *)field, SIZE_AUTO,
                3);
    break;
  case TEXT:
    snprintf(out, capacity, "%s", (const char *)field);
    break;
  }
}

static int longest_key(void) {
  size_t longest = 0;
  for (int i = 0; i < ROW_COUNT; i++)
    if (strlen(rows[i].key) > longest)
      longest = strlen(rows[i].key);
  return (int)longest;
}

static void print_values(const struct settings *settings) {
  int width = longest_key();
  for (int i = 0; i < ROW_COUNT; i++) {
    char value[MEMPROF_TEXT_MAX];
    value_text(&rows[i], &settings->config, value, sizeof value);
    printf("%-*s = %-20s (%s)\n", width, rows[i].key, value, settings->from[i]);
  }
}

static void print_descriptions(void) {
  for (int i = 0; i < ROW_COUNT; i++) {
    const char *allowed = rows[i].type == BOOL ? "true|false" : rows[i].values;
    printf("%s\n    %s\n    allowed: %s\n    default: %s\n", rows[i].key,
           rows[i].help, allowed, rows[i].value);
  }
}

enum { DESCRIBE = 1, LIMITS };

static const struct option_row options[] = {
    {"describe", 'd', NULL, "what each key does, what it allows, its default",
     DESCRIBE},
    {"limits", 'l', "BINARY",
     "the limits of the marked functions of a program or library: which one\n"
     "holds, and where it is set; below it those that it beats",
     LIMITS},
    {0},
};

static enum status run(int argc, char **argv) {
  bool describe = false;
  const char *binary = NULL;
  const struct option_row *row;
  struct options walk;
  options_start(&walk, &command_config, argc, argv);
  while ((row = options_next(&walk)))
    if (row->key == DESCRIBE)
      describe = true;
    else
      binary = walk.value;
  if (walk.is_over)
    return walk.status;
  if (optind < argc) {
    error("config: unexpected '%s'", argv[optind]);
    return usage_error("config");
  }
  if (describe) {
    print_descriptions();
    return STATUS_FINE;
  }
  static struct settings settings;
  put_layer(&settings, mprt_config_defaults, "default");
  put_layer(&settings, read_ini, ini_path());
  put_layer(&settings, read_options, MEMPROF_ENV_OPTIONS);
  put_layer(&settings, read_switch, MEMPROF_ENV_SWITCH);
  if (!binary) {
    print_values(&settings);
    limits_print_sections();
  } else if (!limits_print_functions(binary)) {
    return STATUS_USAGE;
  }
  return runtime_messages ? STATUS_USAGE : STATUS_FINE;
}

const struct command command_config = {
    .name = "config",
    .operands = "",
    .summary = "the settings that a run here would have",
    .details =
        "Prints each key of [profile] with its value and where it comes from:\n"
        "default, the ini, PROFILE_MEMORY_OPTIONS or PROFILE_MEMORY. "
        "Then the ini's sections of limits. Something\n"
        "wrong in these is said, and the exit status is 2.\n",
    .options = options,
    .run = run,
};
