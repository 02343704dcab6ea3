/* config.c - the settings: their table, their values, and who wins. */
#define _GNU_SOURCE
#include "config.h"
#include "common/distance.h"
#include "common/sizes.h"
#include "report/report.h"
#include "wake.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/auxv.h>

/* ---- The table ---- */

enum type { BOOL, CHOICE, NUMBER, SIZE, TEXT };

struct option {
  const char *key;
  enum type type;
  size_t offset; /* of its field in struct mprt_config */
  const char *value, *values;
};

#define OPTION_ROW(KEY, TYPE, DEFAULT, VALUES, HELP)                           \
  {#KEY, TYPE, offsetof(struct mprt_config, MPRT_CONFIG_NAME(KEY)), DEFAULT,   \
   VALUES},
static const struct option options[] = {MEMPROF_OPTIONS(OPTION_ROW)};
enum { OPTION_COUNT = sizeof options / sizeof *options };

/* Texts whose meaning can be wrong. */
static const struct {
  const char *key;
  bool (*check)(const char *value, char *error, size_t capacity);
} checks[] = {
    {"stream", mprt_stream_check},
    {"output", mprt_output_check},
    {"columns", report_columns_check},
    {"break", mprt_break_check},
};

/* ---- One value, by type ---- */

static const char bool_words[] = "1 yes true on, or 0 no false off";

bool mprt_config_bool(const char *text, bool *value) {
  static const char *const words[] = {"0", "no",  "false", "off",
                                      "1", "yes", "true",  "on"};
  for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
    if (strcasecmp(text, words[i]) == 0) {
      *value = i >= 4;
      return true;
    }
  return false;
}

static bool set_bool(void *field, const struct option *option,
                     const char *value, char *error, unsigned capacity) {
  if (mprt_config_bool(value, field))
    return true;
  snprintf(error, capacity, "%s: '%.60s' is none of %s", option->key, value,
           bool_words);
  return false;
}

static bool set_choice(unsigned *field, const struct option *option,
                       const char *value, char *error, unsigned capacity) {
  unsigned index = 0;
  for (const char *at = option->values;; index++) {
    size_t length = strcspn(at, "|");
    if (strlen(value) == length && strncasecmp(at, value, length) == 0) {
      *field = index;
      return true;
    }
    if (!at[length])
      break;
    at += length + 1;
  }
  snprintf(error, capacity, "%s: '%.60s' is none of %s", option->key, value,
           option->values);
  return false;
}

static bool set_number(unsigned *field, const struct option *option,
                       const char *value, char *error, unsigned capacity) {
  char *end;
  uint64_t number, low = strtoull(option->values, &end, 10),
                   high = strtoull(end + 2, NULL, 10);
  if (count_parse(value, &number) && low <= number && number <= high) {
    *field = (unsigned)number;
    return true;
  }
  snprintf(error, capacity, "%s: '%.60s' is not a number within %s",
           option->key, value, option->values);
  return false;
}

static bool set_size(uint64_t *field, const struct option *option,
                     const char *value, char *error, unsigned capacity) {
  char least[32];
  uint64_t size = 0, low = 0, high = 0;
  const char *dots = strstr(option->values, "..");
  snprintf(least, sizeof least, "%.*s", (int)(dots - option->values),
           option->values);
  if (size_parse(value, &size) && size_parse(least, &low) &&
      size_parse(dots + 2, &high) && low <= size && size <= high) {
    *field = size;
    return true;
  }
  snprintf(error, capacity, "%s: '%.60s' is not a size within %s", option->key,
           value, option->values);
  return false;
}

static bool set_text(char *field, const struct option *option,
                     const char *value, char *error, unsigned capacity) {
  char why[256];
  size_t length = strlen(value);
  if (length >= MEMPROF_TEXT_MAX) {
    snprintf(error, capacity, "%s: longer than %d bytes", option->key,
             MEMPROF_TEXT_MAX - 1);
    return false;
  }
  for (unsigned i = 0; i < sizeof checks / sizeof *checks; i++)
    if (strcmp(option->key, checks[i].key) == 0 &&
        !checks[i].check(value, why, sizeof why)) {
      snprintf(error, capacity, "%s: %s", option->key, why);
      return false;
    }
  memcpy(field, value, length + 1);
  return true;
}

/* ---- Any key ---- */

static void say_unknown(const char *key, char *error, unsigned capacity) {
  struct nearest nearest = {.distance = NEAREST_SLIP};
  for (unsigned i = 0; i < OPTION_COUNT; i++)
    nearest_offer(&nearest, key, options[i].key);
  if (nearest.name) {
    snprintf(error, capacity, "unknown key '%.60s', did you mean '%s'?", key,
             nearest.name);
    return;
  }
  int used = snprintf(error, capacity, "unknown key '%.60s', known are", key);
  for (unsigned i = 0; i < OPTION_COUNT && (unsigned)used < capacity; i++)
    used += snprintf(error + used, capacity - (unsigned)used, "%s %s",
                     i ? "," : "", options[i].key);
}

bool mprt_config_set(struct mprt_config *config, const char *key,
                     const char *value, char *error, unsigned capacity) {
  const struct option *option = NULL;
  for (unsigned i = 0; i < OPTION_COUNT && !option; i++)
    if (strcmp(key, options[i].key) == 0)
      option = &options[i];
  if (!option) {
    say_unknown(key, error, capacity);
    return false;
  }
  void *field = (char *)config + option->offset;
  switch (option->type) {
  case BOOL:
    return set_bool(field, option, value, error, capacity);
  case CHOICE:
    return set_choice(field, option, value, error, capacity);
  case NUMBER:
    return set_number(field, option, value, error, capacity);
  case SIZE:
    return set_size(field, option, value, error, capacity);
  case TEXT:
    return set_text(field, option, value, error, capacity);
  }
  return false;
}

void mprt_config_defaults(struct mprt_config *config) {
  char error[8];
  for (unsigned i = 0; i < OPTION_COUNT; i++)
    mprt_config_set(config, options[i].key, options[i].value, error,
                    sizeof error);
}

/* ---- Who wins ---- */

/* A variable's text; NULL when it is unset or empty. */
static const char *variable(const char *name) {
  const char *text = getenv(name);
  return text && *text ? text : NULL;
}

enum switch_state { SWITCH_UNSET, SWITCH_ON, SWITCH_OFF };

static enum switch_state read_switch(void) {
  bool on = false;
  const char *text = variable(MEMPROF_ENV_SWITCH);
  if (!text)
    return SWITCH_UNSET;
  if (!mprt_config_bool(text, &on))
    mprt_message("%s: '%.60s' is none of %s: profiling stays off",
                 MEMPROF_ENV_SWITCH, text, bool_words);
  return on ? SWITCH_ON : SWITCH_OFF;
}

static bool load(struct mprt_config *config, bool whole) {
  enum switch_state state = whole ? SWITCH_UNSET : read_switch();
  if (state == SWITCH_OFF)
    return false;
  const char *path = variable(MEMPROF_ENV_CONFIG);
  const char *file = path ? path : MEMPROF_CONFIG_FILE;
  const char *text = variable(MEMPROF_ENV_OPTIONS);
  int ini = mprt_ini_open(file, path != NULL);
  if (!whole && state == SWITCH_UNSET && !text && ini < 0)
    return false;
  mprt_config_defaults(config);
  mprt_ini_read(config, file, ini);
  if (text)
    mprt_options_load(config, text);
  if (state == SWITCH_ON)
    config->enable = true;
  return config->enable;
}

bool mprt_config_load(struct mprt_config *config, bool whole) {
  int saved_errno = errno;
  bool enable = false;
  if (!getauxval(AT_SECURE))
    enable = load(config, whole);
  else if (whole)
    mprt_config_defaults(config);
  errno = saved_errno;
  return enable;
}
