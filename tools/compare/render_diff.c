/* render_diff.c - two runs side by side as tables: what each function took
 * before and after, and the lines that made the difference. */
#include "common/sizes.h"
#include "render_compare.h"
#include "tool.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- Cells ---- */

enum { CELL = 14 };

static bool wants_colour(FILE *to) {
  const char *no = getenv("NO_COLOR");
  return isatty(fileno(to)) && !(no && *no);
}

/* Red for more, green for less; the padding stays outside, for it would be
 * counted. */
static void print_cell(FILE *to, bool is_coloured, const char *text,
                       int direction) {
  const char *colour = direction > 0 ? "\033[31m" : "\033[32m";
  fprintf(to, "%*s", CELL - (int)strlen(text), "");
  if (is_coloured && direction)
    fprintf(to, "%s%s\033[0m", colour, text);
  else
    fputs(text, to);
}

static int direction_of(uint64_t before, uint64_t after) {
  return (after > before) - (after < before);
}

static void value_text(char *out, size_t capacity, enum metric metric,
                       uint64_t value) {
  if (value == METRIC_NONE)
    snprintf(out, capacity, "-");
  else if (metric_is_size(metric) && value <= INT64_MAX)
    size_format(out, capacity, (int64_t)value, SIZE_AUTO, 3);
  else
    snprintf(out, capacity, "%" PRIu64, value);
}

/* "+1.172 KiB"; "" when nothing changed. */
static void delta_text(char *out, size_t capacity, enum metric metric,
                       uint64_t before, uint64_t after) {
  char text[48];
  value_text(text, sizeof text, metric,
             after < before ? before - after : after - before);
  snprintf(out, capacity, "%s%s",
           after < before   ? "-"
           : after > before ? "+"
                            : "",
           after == before ? "" : text);
}

/* ---- Tables ---- */

static uint64_t value_of(const struct snapshot_function *function,
                         enum metric metric) {
  return function ? function->values[metric] : METRIC_NONE;
}

static void print_metric(FILE *to, bool is_coloured,
                         const struct compared *compared, enum metric metric) {
  char text[64];
  uint64_t before = value_of(compared->pair->before, metric);
  uint64_t after = value_of(compared->pair->after, metric);
  if (before == METRIC_NONE && after == METRIC_NONE)
    return;
  fprintf(to, "  %-8s", metric_names[metric]);
  value_text(text, sizeof text, metric, before);
  print_cell(to, false, text, 0);
  value_text(text, sizeof text, metric, after);
  print_cell(to, false, text, 0);
  if (before != METRIC_NONE && after != METRIC_NONE && before != after) {
    int direction = direction_of(before, after);
    delta_text(text, sizeof text, metric, before, after);
    print_cell(to, is_coloured, text, direction);
    percent_text(text, sizeof text, before, after);
    print_cell(to, is_coloured, text, direction);
  }
  fputc('\n', to);
}

static void print_number(FILE *to, const struct snapshot_line *line) {
  if (line && line->line)
    fprintf(to, "%8u", line->line);
  else
    fprintf(to, "%8s", "-");
}

static void print_line(FILE *to, bool is_coloured,
                       const struct line_pair *pair) {
  const struct snapshot_line *line = pair->after ? pair->after : pair->before;
  print_number(to, pair->before);
  print_number(to, pair->after);
  for (enum metric m = METRIC_calls + 1; m < METRIC_COUNT; m++) {
    char text[64];
    uint64_t before = line_value(pair->before, m);
    uint64_t after = line_value(pair->after, m);
    delta_text(text, sizeof text, m, before, after);
    print_cell(to, is_coloured, text, direction_of(before, after));
  }
  if (line->text) {
    fputs("  ", to);
    print_name(to, line->text);
  }
  fputc('\n', to);
}

static void print_lines(FILE *to, bool is_coloured,
                        const struct function_pair *pair) {
  bool is_any = false;
  for (size_t i = 0; i < pair->line_count; i++) {
    if (!line_pair_differs(&pair->lines[i]))
      continue;
    if (!is_any) {
      fprintf(to, "\n%8s%8s", "Before", "After");
      for (enum metric m = METRIC_calls + 1; m < METRIC_COUNT; m++)
        fprintf(to, "%*s", CELL, metric_names[m]);
      fputs("  Line\n", to);
    }
    is_any = true;
    print_line(to, is_coloured, &pair->lines[i]);
  }
}

static void print_function(FILE *to, bool is_coloured,
                           const struct compared *compared) {
  const struct snapshot_function *function = compared_function(compared);
  if (*function->file) {
    print_name(to, function->file);
    if (function->line)
      fprintf(to, ":%u", function->line);
    fputs(": ", to);
  }
  print_name(to, function->signature);
  if (compared->change == CHANGE_NEW || compared->change == CHANGE_GONE)
    fprintf(to, " (%s)", change_names[compared->change]);
  fprintf(to, "\n%-10s%*s%*s%*s\n", "", CELL, "before", CELL, "after", CELL,
          "change");
  for (enum metric m = 0; m < METRIC_COUNT; m++)
    print_metric(to, is_coloured, compared, m);
  print_lines(to, is_coloured, compared->pair);
  fputc('\n', to);
}

void diff_text(const struct comparison *comparison, FILE *to) {
  bool is_coloured = wants_colour(to);
  for (size_t i = 0; i < comparison->count; i++)
    if (comparison->functions[i].change != CHANGE_NONE)
      print_function(to, is_coloured, &comparison->functions[i]);
  print_summary(to, comparison);
}
