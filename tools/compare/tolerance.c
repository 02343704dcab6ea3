/* tolerance.c - how much a metric may grow, as users write it. */
#include "tolerance.h"
#include "common/sizes.h"
#include "tool.h"
#include <inttypes.h>
#include <string.h>

enum { METRIC_IS_COUNT = false, METRIC_IS_SIZE = true, PERCENT = 1000 };

#define METRIC_NAME(METRIC, TYPE, TOLERANCE) #METRIC,
const char *const metric_names[METRIC_COUNT] = {METRICS(METRIC_NAME)};
#undef METRIC_NAME

bool metric_is_size(enum metric metric) {
#define METRIC_TYPE(METRIC, TYPE, TOLERANCE) METRIC_IS_##TYPE,
  static const bool is_size[METRIC_COUNT] = {METRICS(METRIC_TYPE)};
#undef METRIC_TYPE
  return is_size[metric];
}

enum metric metric_find(const char *name, size_t length) {
  enum metric metric = 0;
  while (metric < METRIC_COUNT && (strlen(metric_names[metric]) != length ||
                                   memcmp(metric_names[metric], name, length)))
    metric++;
  return metric;
}

/* "2.5" of "2.5%": digits, at most three behind the point. */
static bool parse_percent(uint64_t *percent, const char *text) {
  uint64_t value = 0, scale = PERCENT;
  const char *c = text;
  for (; *c >= '0' && *c <= '9' && value < 1000000000; c++)
    value = value * 10 + (uint64_t)(*c - '0');
  if (c == text)
    return false;
  value *= PERCENT;
  if (*c == '.')
    for (c++; *c >= '0' && *c <= '9' && scale > 1; c++) {
      scale /= 10;
      value += (uint64_t)(*c - '0') * scale;
    }
  *percent = value;
  return strcmp(c, "%") == 0;
}

static bool parse_absolute(struct tolerance *tolerance, enum metric metric,
                           const char *text) {
  return metric_is_size(metric) ? size_parse(text, &tolerance->absolute)
                                : count_parse(text, &tolerance->absolute);
}

bool tolerance_parse(struct tolerance *tolerance, enum metric metric,
                     const char *text) {
  char parts[64];
  struct tolerance read = {.is_given = true};
  if (strcmp(text, "off") == 0) {
    read.is_off = true;
    *tolerance = read;
    return true;
  }
  if (strlen(text) >= sizeof parts)
    return false;
  strcpy(parts, text);
  char *second = strchr(parts, '+');
  if (second)
    *second++ = '\0';
  bool is_percent = *parts && parts[strlen(parts) - 1] == '%';
  if (is_percent ? !parse_percent(&read.percent, parts)
                 : second || !parse_absolute(&read, metric, parts))
    return false;
  if (second && !parse_absolute(&read, metric, second))
    return false;
  *tolerance = read;
  return true;
}

bool tolerance_parse_list(struct tolerance tolerances[METRIC_COUNT],
                          const char *text) {
  static const char between[] = ", \t";
  for (text += strspn(text, between); *text; text += strspn(text, between)) {
    char value[64];
    int length = (int)strcspn(text, between);
    const char *equals = memchr(text, '=', (size_t)length);
    enum metric metric =
        equals ? metric_find(text, (size_t)(equals - text)) : METRIC_COUNT;
    if (metric == METRIC_COUNT)
      return error("tolerance '%.*s': METRIC=AMOUNT is needed, with calls, "
                   "allocs, bytes, peak or kept",
                   length, text);
    snprintf(value, sizeof value, "%.*s", (int)(text + length - equals - 1),
             equals + 1);
    if (text + length - equals > (int)sizeof value ||
        !tolerance_parse(&tolerances[metric], metric, value))
      return error("tolerance '%.*s': '%s' is none: 5%%, %s, both with '+' "
                   "between them, or off",
                   length, text, value, metric_is_size(metric) ? "1KiB" : "10");
    text += length;
  }
  return true;
}

void tolerance_defaults(struct tolerance tolerances[METRIC_COUNT]) {
#define METRIC_TOLERANCE(METRIC, TYPE, TOLERANCE) TOLERANCE,
  static const char *const texts[] = {METRICS(METRIC_TOLERANCE)};
#undef METRIC_TOLERANCE
  for (enum metric m = 0; m < METRIC_COUNT; m++)
    tolerance_parse(&tolerances[m], m, texts[m]);
}

void tolerance_print(FILE *to, const struct tolerance *tolerance) {
  uint64_t rest = tolerance->percent % PERCENT;
  if (tolerance->is_off) {
    fputs("off", to);
    return;
  }
  if (tolerance->percent) {
    fprintf(to, "%" PRIu64, tolerance->percent / PERCENT);
    if (rest)
      fprintf(to, ".%03" PRIu64, rest);
    fputs(tolerance->absolute ? "%+" : "%", to);
  }
  if (tolerance->absolute || !tolerance->percent)
    fprintf(to, "%" PRIu64, tolerance->absolute);
}

/* old * percent + absolute, or UINT64_MAX. */
static uint64_t slack(const struct tolerance *tolerance, uint64_t old) {
  uint64_t share, both;
  if (tolerance->is_off)
    return UINT64_MAX;
  if (__builtin_mul_overflow(old, tolerance->percent,
                             &share)) /* 5% of 16 EiB */
    share = old / (100 * PERCENT) * tolerance->percent;
  else
    share /= 100 * PERCENT;
  return __builtin_add_overflow(share, tolerance->absolute, &both) ? UINT64_MAX
                                                                   : both;
}

uint64_t tolerance_ceiling(const struct tolerance *tolerance, uint64_t old) {
  uint64_t ceiling;
  return __builtin_add_overflow(old, slack(tolerance, old), &ceiling)
             ? UINT64_MAX
             : ceiling;
}

uint64_t tolerance_floor(const struct tolerance *tolerance, uint64_t old) {
  uint64_t less = slack(tolerance, old);
  return less > old ? 0 : old - less;
}
