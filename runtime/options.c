/* options.c - reads PROFILE_MEMORY_OPTIONS: key=value items with ':' or blanks
 * between them; a value that holds one of these is quoted. */
#include "config.h"
#include <stdio.h>
#include <string.h>

static const char separators[] = ": \t\r\n";

struct item {
  char key[64];
  char value[MEMPROF_TEXT_MAX];
};

/* Copies [start, end) if it fits. */
static bool copy(char *out, size_t capacity, const char *start,
                 const char *end) {
  size_t length = (size_t)(end - start);
  if (length >= capacity)
    return false;
  memcpy(out, start, length);
  out[length] = '\0';
  return true;
}

/* Reads the item that starts at `text` and returns what is behind it. `error`
 * stays empty when the item can be used. */
static const char *item_read(struct item *item, const char *text, char *error,
                             size_t capacity) {
  const char *equals = text + strcspn(text, "=: \t\r\n");
  if (*equals != '=') {
    snprintf(error, capacity,
             "'%.*s': expected key=value; a value with ':' or a blank is "
             "quoted, as in functions='json::*'",
             equals - text < 60 ? (int)(equals - text) : 60, text);
    return equals;
  }
  const char *value = equals + 1, *end, *next;
  char quote = *value;
  if (quote == '\'' || quote == '"') {
    value++;
    end = strchr(value, quote);
    next = end ? end + 1 : value + strlen(value);
    if (!end)
      snprintf(error, capacity, "'%.*s': the quote %c has no end",
               equals - text < 60 ? (int)(equals - text) : 60, text, quote);
    else if (*next && !strchr(separators, *next))
      snprintf(error, capacity, "'%.*s': expected ':' behind the quote %c",
               equals - text < 60 ? (int)(equals - text) : 60, text, quote);
    next += strcspn(next, separators);
  } else {
    end = next = value + strcspn(value, separators);
  }
  if (*error)
    return next;
  if (!copy(item->key, sizeof item->key, text, equals))
    snprintf(error, capacity, "unknown key '%.60s...'", text);
  else if (!copy(item->value, sizeof item->value, value, end))
    snprintf(error, capacity, "%s: longer than %d bytes", item->key,
             MEMPROF_TEXT_MAX - 1);
  return next;
}

void mprt_options_load(struct mprt_config *config, const char *text) {
  for (;;) {
    struct item item;
    char error[256] = "";
    text += strspn(text, separators);
    if (!*text)
      return;
    text = item_read(&item, text, error, sizeof error);
    if (*error ||
        !mprt_config_set(config, item.key, item.value, error, sizeof error))
      mprt_message("%s: %s", MEMPROF_ENV_OPTIONS, error);
  }
}
