/* limit.c - reads limits such as "peak=1MiB" and "allocs = 3..10". */
#include "limit.h"
#include "sizes.h"
#include <stdio.h>
#include <string.h>

struct metric {
  const char *name;
  bool is_size;
};

enum { METRIC_IS_COUNT = false, METRIC_IS_SIZE = true };
#define METRIC_ROW(METRIC, TYPE) {#METRIC, METRIC_IS_##TYPE},
static const struct metric metrics[] = {
    MEMPROF_CALL_METRICS(METRIC_ROW){"leaked", true},
    {"process.peak", true},
};
#undef METRIC_ROW
_Static_assert(sizeof metrics / sizeof *metrics == LIMIT_METRIC_COUNT,
               "a row for each of enum limit_metric");

const char *limit_metric_name(unsigned metric) {
  return metric < LIMIT_METRIC_COUNT ? metrics[metric].name : NULL;
}

bool limit_metric_is_size(unsigned metric) {
  return metric < LIMIT_METRIC_COUNT && metrics[metric].is_size;
}

/* A token of the text, not terminated. */
struct token {
  const char *start;
  int length;
};

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

/* [start, end) without the blanks around it, at most INT_MAX bytes. */
static struct token token_make(const char *start, const char *end) {
  while (start != end && is_blank(*start))
    start++;
  while (start != end && is_blank(end[-1]))
    end--;
  struct token token = {start, end - start > 4096 ? 4096 : (int)(end - start)};
  return token;
}

static bool token_is(struct token token, const char *word) {
  return strlen(word) == (size_t)token.length &&
         memcmp(token.start, word, (size_t)token.length) == 0;
}

/* How much of a wrong text a message quotes. */
enum { QUOTE_MAX = 60 };
static int quote_length(struct token token) {
  return token.length < QUOTE_MAX ? token.length : QUOTE_MAX;
}

static bool metric_find(struct token token, bool process_wide, unsigned *metric,
                        char *error, size_t capacity) {
  for (unsigned i = 0; i < LIMIT_METRIC_COUNT; i++)
    if (token_is(token, metrics[i].name)) {
      *metric = i;
      if (i != LIMIT_PROCESS_PEAK || process_wide)
        return true;
      snprintf(error, capacity,
               "'process.peak' is no limit of a function: it belongs into "
               "section [limits] of the ini");
      return false;
    }
  int used = snprintf(error, capacity, "unknown metric '%.*s', known are",
                      quote_length(token), token.start);
  for (unsigned i = 0; i < LIMIT_METRIC_COUNT; i++)
    if ((i != LIMIT_PROCESS_PEAK || process_wide) && used >= 0 &&
        (size_t)used < capacity)
      used += snprintf(error + used, capacity - (size_t)used, "%s %s",
                       i ? "," : "", metrics[i].name);
  return false;
}

static bool value_parse(struct token token, bool is_size, uint64_t *value,
                        char *error, size_t capacity) {
  char text[128];
  if ((size_t)token.length < sizeof text) {
    memcpy(text, token.start, (size_t)token.length);
    text[token.length] = '\0';
    if (is_size ? size_parse(text, value) : count_parse(text, value))
      return true;
  }
  snprintf(error, capacity, "'%.*s' is not a %s", quote_length(token),
           token.start,
           is_size ? "size: a number of bytes, or with a unit of B KB KiB MB "
                     "MiB GB GiB"
                   : "count: decimal digits only");
  return false;
}

bool limit_parse(const char *text, bool process_wide, struct limit *limit,
                 char *error, size_t capacity) {
  const char *end = text + strlen(text);
  const char *equals = strchr(text, '=');
  struct limit read = {0, 0, UINT64_MAX};
  struct token all = token_make(text, end);
  if (!equals) {
    snprintf(error, capacity,
             "'%.*s' is not a limit: expected metric=value, as in 'peak=1MiB' "
             "or 'allocs=3..10'",
             quote_length(all), all.start);
    return false;
  }
  if (!metric_find(token_make(text, equals), process_wide, &read.metric, error,
                   capacity))
    return false;
  bool is_size = metrics[read.metric].is_size;
  const char *dots = strstr(equals + 1, "..");
  struct token floor = token_make(equals + 1, dots ? dots : equals + 1);
  struct token ceiling = token_make(dots ? dots + 2 : equals + 1, end);
  if (dots && !value_parse(floor, is_size, &read.floor, error, capacity))
    return false;
  if ((!dots || ceiling.length) &&
      !value_parse(ceiling, is_size, &read.ceiling, error, capacity))
    return false;
  if (read.floor > read.ceiling) {
    snprintf(error, capacity, "'%.*s' allows nothing: %.*s is more than %.*s",
             quote_length(all), all.start, quote_length(floor), floor.start,
             quote_length(ceiling), ceiling.start);
    return false;
  }
  *limit = read;
  return true;
}

void limit_value_text(char *out, size_t capacity, unsigned metric,
                      uint64_t value) {
  static const char *const units[] = {"B", "KiB", "MiB", "GiB"};
  unsigned unit = 0;
  if (!limit_metric_is_size(metric)) {
    snprintf(out, capacity, "%llu", (unsigned long long)value);
    return;
  }
  for (; value && value % 1024 == 0 && unit < 3; unit++)
    value /= 1024;
  snprintf(out, capacity, "%llu %s", (unsigned long long)value, units[unit]);
}

void limit_range_text(char *out, size_t capacity, const struct limit *limit) {
  char floor[40] = "", ceiling[40] = "";
  if (limit->floor)
    limit_value_text(floor, sizeof floor, limit->metric, limit->floor);
  if (limit->ceiling != UINT64_MAX || !limit->floor)
    limit_value_text(ceiling, sizeof ceiling, limit->metric, limit->ceiling);
  snprintf(out, capacity, "%s%s%s", floor, limit->floor ? ".." : "", ceiling);
}
