/* render_compare.c - two runs side by side, as text for people, for a job's
 * summary and for annotations. */
#define _GNU_SOURCE
#include "render_compare.h"
#include "baseline.h"
#include "common/sizes.h"
#include "outfile.h"
#include "tool.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *const change_names[CHANGE_COUNT] = {"same", "worse", "better",
                                                "new", "gone"};

render_compare *const compare_formats[] = {
#define FORMAT(NAME) compare_##NAME,
    COMPARE_FORMATS(FORMAT)
#undef FORMAT
};

/* ---- Words ---- */

static void print_magnitude(FILE *to, bool is_size, uint64_t value) {
  char text[64];
  if (is_size && value <= INT64_MAX) {
    size_format(text, sizeof text, (int64_t)value, SIZE_AUTO,
                value < 1024 ? 0 : 3);
    fputs(text, to);
  } else {
    fprintf(to, "%" PRIu64, value);
  }
}

void print_delta(FILE *to, enum metric metric, uint64_t before,
                 uint64_t after) {
  fputc(after < before ? '-' : '+', to);
  print_magnitude(to, metric_is_size(metric),
                  after < before ? before - after : after - before);
}

/* In tenths; exact enough beyond what fits. */
void percent_text(char *out, size_t capacity, uint64_t before, uint64_t after) {
  uint64_t difference = after < before ? before - after : after - before;
  uint64_t tenths = 0;
  if (!before) {
    *out = '\0';
    return;
  }
  if (__builtin_mul_overflow(difference, (uint64_t)1000, &tenths) ||
      __builtin_add_overflow(tenths, before / 2, &tenths))
    tenths = before / 1000 ? difference / (before / 1000) : UINT64_MAX;
  else
    tenths /= before;
  snprintf(out, capacity, "%c%" PRIu64 ".%" PRIu64 " %%",
           after < before ? '-' : '+', tenths / 10, tenths % 10);
}

void print_change(FILE *to, enum metric metric, uint64_t before,
                  uint64_t after) {
  char percent[64];
  fprintf(to, "%s %" PRIu64 " -> %" PRIu64 "%s (", metric_names[metric], before,
          after, metric_is_size(metric) ? " B" : "");
  print_delta(to, metric, before, after);
  percent_text(percent, sizeof percent, before, after);
  fprintf(to, "%s%s)", *percent ? ", " : "", percent);
}

void print_summary(FILE *to, const struct comparison *comparison) {
  size_t total = 0;
  for (size_t i = 0; i < comparison->count; i++)
    total += !snapshot_is_process(compared_function(&comparison->functions[i]));
  fprintf(to, "%zu function%s%s compared", total, total == 1 ? "" : "s",
          total < comparison->count ? " and the process" : "");
  const char *before = ": ";
  for (enum change c = CHANGE_WORSE; c < CHANGE_COUNT; c++) {
    if (!comparison->changes[c])
      continue;
    fprintf(to, "%s%zu %s", before, comparison->changes[c], change_names[c]);
    before = ", ";
  }
  fputs(*before == ':' ? ": no change\n" : "\n", to);
}

static void print_limit_value(FILE *to, const struct loose_limit *limit,
                              uint64_t value) {
  print_magnitude(to, limit->is_size, value);
}

void print_loose(FILE *to, const struct loose_limit *limit) {
  fprintf(to, "the limit %s=", limit->metric);
  print_limit_value(to, limit, limit->ceiling);
  if (limit->where) {
    fputs(" (", to);
    print_name(to, limit->where);
    fputc(')', to);
  }
  fputs(" is loose: the largest was ", to);
  print_limit_value(to, limit, limit->worst);
}

/* "src/json.c:21: load: " */
static void print_place(FILE *to, const char *file, unsigned line,
                        const char *name) {
  if (file && *file) {
    print_name(to, file);
    if (line)
      fprintf(to, ":%u", line);
    fputs(": ", to);
  }
  print_name(to, name);
  fputs(": ", to);
}

static const char *line_file(const struct compared *compared,
                             const struct snapshot_line *line) {
  return line->file ? line->file : compared_function(compared)->file;
}

static bool is_changed(const struct compared *compared, enum metric metric) {
  return compared->metrics[metric] != CHANGE_NONE;
}

/* ---- text ---- */

/* "  json.c:23: +1, 2 now: char *text = read_file(path);" */
static void text_line(FILE *to, const struct compared *compared,
                      enum metric metric, const struct line_pair *pair) {
  const struct snapshot_line *line = pair->after;
  fputs("  ", to);
  print_name(to, line_file(compared, line));
  fprintf(to, ":%u: %s ", line->line, metric_names[metric]);
  print_delta(to, metric, line_value(pair->before, metric),
              line_value(line, metric));
  if (!pair->before)
    fputs(", a new line", to);
  if (line->text) {
    fputs(": ", to);
    print_name(to, line->text);
  }
  fputc('\n', to);
}

static void text_metric(FILE *to, const struct compared *compared,
                        enum metric metric) {
  const struct snapshot_function *after = compared->pair->after;
  const struct line_pair *lines[LINES_SHOWN];
  bool is_worse = compared->metrics[metric] == CHANGE_WORSE;
  print_place(to, after->file, after->line, after->signature);
  fprintf(to, "%s: ", change_names[compared->metrics[metric]]);
  print_change(to, metric, compared->pair->before->values[metric],
               after->values[metric]);
  if (is_worse)
    fprintf(to, ", %" PRIu64 " allowed", compared->allowed[metric]);
  fputc('\n', to);
  size_t count =
      is_worse ? compared_lines(compared, metric, lines, LINES_SHOWN) : 0;
  for (size_t i = 0; i < count; i++)
    text_line(to, compared, metric, lines[i]);
}

/* The line that a baseline would have: what is not compared stays so. */
static void text_accept(FILE *to, const struct compared *compared) {
  struct snapshot_function line = *compared->pair->after;
  const struct snapshot_function *before = compared->pair->before;
  for (enum metric m = 0; before && m < METRIC_COUNT; m++)
    if (before->values[m] == METRIC_NONE)
      line.values[m] = METRIC_NONE;
  line.own = before ? before->own : NULL;
  fprintf(to, "  the baseline's line, to accept it:\n  ");
  baseline_write_function(to, &line);
  fputc('\n', to);
}

/* Who calls more allocates more. */
static void text_calls(FILE *to, const struct compared *compared) {
  uint64_t before = function_value(compared->pair->before, METRIC_calls);
  uint64_t after = function_value(compared->pair->after, METRIC_calls);
  if (before && after != before)
    fprintf(to, "  called %" PRIu64 " times, %" PRIu64 " before\n", after,
            before);
}

static void text_function(FILE *to, const struct compared *compared) {
  const struct snapshot_function *function = compared_function(compared);
  for (enum metric m = 0; m < METRIC_COUNT; m++)
    if (is_changed(compared, m))
      text_metric(to, compared, m);
  if (compared->change == CHANGE_WORSE || compared->change == CHANGE_BETTER)
    text_calls(to, compared);
  if (compared->change == CHANGE_NEW || compared->change == CHANGE_GONE) {
    print_place(to, function->file, function->line, function->signature);
    fprintf(to, "%s\n",
            compared->change == CHANGE_NEW ? "new: not in the baseline"
                                           : "gone: not called in this run");
  }
  if (compared->change != CHANGE_GONE && compared->change != CHANGE_NONE)
    text_accept(to, compared);
}

void compare_text(const struct comparison *comparison, FILE *to) {
  for (size_t i = 0; i < comparison->count; i++)
    text_function(to, &comparison->functions[i]);
  for (size_t i = 0; i < comparison->loose_count; i++) {
    const struct loose_limit *limit = &comparison->loose[i];
    print_place(to, limit->file, limit->line,
                limit->function ? limit->function : SNAPSHOT_PROCESS);
    print_loose(to, limit);
    fputc('\n', to);
  }
  print_summary(to, comparison);
}

/* ---- markdown ---- */

/* A text in a cell: nothing in it is markup. */
static void markdown_text(FILE *to, const char *text) {
  for (; *text; text++)
    if (strchr("\\`*_{}[]<>()#+-!|~&$:@", *text))
      fprintf(to, "&#%d;", *text);
    else
      fputc((unsigned char)*text < ' ' ? ' ' : *text, to);
}

static void markdown_place(FILE *to, const char *file, unsigned line) {
  markdown_text(to, file);
  if (line)
    fprintf(to, ":%u", line);
}

static void markdown_lines(FILE *to, const struct compared *compared,
                           enum metric metric) {
  const struct line_pair *lines[LINES_SHOWN];
  size_t count = compared->metrics[metric] == CHANGE_WORSE
                     ? compared_lines(compared, metric, lines, LINES_SHOWN)
                     : 0;
  for (size_t i = 0; i < count; i++) {
    if (i)
      fputs("<br>", to);
    markdown_place(to, line_file(compared, lines[i]->after),
                   lines[i]->after->line);
    fputc(' ', to);
    print_delta(to, metric, line_value(lines[i]->before, metric),
                line_value(lines[i]->after, metric));
    fputc(' ', to);
    markdown_text(to, lines[i]->after->text ? lines[i]->after->text : "");
  }
}

static void markdown_start(FILE *to, const struct compared *compared,
                           enum change change) {
  const struct snapshot_function *function = compared_function(compared);
  fprintf(to, "| %s | ", change_names[change]);
  markdown_text(to, function->signature);
  if (*function->file)
    fputs("<br>", to);
  markdown_place(to, function->file, function->line);
  fputs(" | ", to);
}

static void markdown_function(FILE *to, const struct compared *compared) {
  if (compared->change == CHANGE_NEW || compared->change == CHANGE_GONE) {
    markdown_start(to, compared, compared->change);
    fputs(" | |\n", to);
    return;
  }
  for (enum metric m = 0; m < METRIC_COUNT; m++) {
    if (!is_changed(compared, m))
      continue;
    markdown_start(to, compared, compared->metrics[m]);
    print_change(to, m, function_value(compared->pair->before, m),
                 function_value(compared->pair->after, m));
    fputs(" | ", to);
    markdown_lines(to, compared, m);
    fputs(" |\n", to);
  }
}

void compare_markdown(const struct comparison *comparison, FILE *to) {
  bool is_any = comparison->changes[CHANGE_NONE] < comparison->count;
  fputs("### MemProf: ", to);
  print_summary(to, comparison);
  if (is_any)
    fputs("\n| | function | change | lines |\n| --- | --- | --- | --- |\n", to);
  for (size_t i = 0; i < comparison->count; i++)
    markdown_function(to, &comparison->functions[i]);
  for (size_t i = 0; i < comparison->loose_count; i++) {
    const struct loose_limit *limit = &comparison->loose[i];
    fputs("\n- ", to);
    markdown_text(to, limit->function ? limit->function : SNAPSHOT_PROCESS);
    fputs(": ", to);
    print_loose(to, limit);
    fputc('\n', to);
  }
}

/* ---- github: annotations in the log of a job ---- */

/* `in_value`: between the commas of a command. */
static void github_text(FILE *to, const char *text, bool in_value) {
  for (; *text; text++)
    if (strchr("%\r\n", *text) || (in_value && strchr(":,", *text)))
      fprintf(to, "%%%02X", (unsigned char)*text);
    else
      fputc(*text, to);
}

static void github_start(FILE *to, const char *level, const char *file,
                         unsigned line, const char *title) {
  fprintf(to, "::%s ", level);
  if (file && *file) {
    fputs("file=", to);
    github_text(to, file, true);
    if (line)
      fprintf(to, ",line=%u", line);
    fputc(',', to);
  }
  fputs("title=", to);
  github_text(to, title, true);
  fputs("::", to);
}

/* At the line that grew most, or at the function. */
static void github_metric(FILE *to, const struct compared *compared,
                          enum metric metric) {
  const struct snapshot_function *after = compared->pair->after;
  const struct line_pair *line;
  bool is_worse = compared->metrics[metric] == CHANGE_WORSE;
  bool has_line = is_worse && compared_lines(compared, metric, &line, 1) == 1;
  github_start(to, is_worse ? "error" : "notice",
               has_line ? line_file(compared, line->after) : after->file,
               has_line ? line->after->line : after->line,
               is_worse ? "MemProf: more memory" : "MemProf: less memory");
  github_text(to, after->signature, false);
  fputs(": ", to);
  print_change(to, metric, compared->pair->before->values[metric],
               after->values[metric]);
  fputc('\n', to);
}

void compare_github(const struct comparison *comparison, FILE *to) {
  for (size_t i = 0; i < comparison->count; i++)
    for (enum metric m = 0; m < METRIC_COUNT; m++)
      if (is_changed(&comparison->functions[i], m))
        github_metric(to, &comparison->functions[i], m);
  for (size_t i = 0; i < comparison->loose_count; i++) {
    const struct loose_limit *limit = &comparison->loose[i];
    github_start(to, "notice", limit->file, limit->line,
                 "MemProf: a limit is loose");
    github_text(to, limit->function ? limit->function : SNAPSHOT_PROCESS,
                false);
    fputs(": ", to);
    print_loose(to, limit);
    fputc('\n', to);
  }
  print_summary(to, comparison);
}

bool compare_write(const struct comparison *comparison, render_compare *format,
                   const char *output) {
  struct outfile out;
  if (!outfile_open(&out, output, 0666))
    return false;
  format(comparison, out.file);
  return outfile_commit(&out);
}
