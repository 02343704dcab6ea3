/* render_history.c - a history's runs and functions for people. */
#define _GNU_SOURCE
#include "render_history.h"
#include "axis.h"
#include "common/sizes.h"
#include "plot.h"
#include "render_compare.h"
#include "render_views.h"
#include "tool.h"
#include <inttypes.h>
#include <string.h>

enum { COMMIT_SHOWN = 12 };

static void print_commit(FILE *to, const struct history_run *run) {
  char commit[COMMIT_SHOWN + 1];
  snprintf(commit, sizeof commit, "%s", run->commit);
  print_name(to, commit);
  fprintf(to, "%*s", (int)(COMMIT_SHOWN - strlen(commit)), "");
}

static void value_text(char *out, size_t capacity, enum metric metric,
                       uint64_t value) {
  if (metric_is_size(metric))
    size_format(out, capacity, value > INT64_MAX ? INT64_MAX : (int64_t)value,
                SIZE_AUTO, 3);
  else
    snprintf(out, capacity, "%" PRIu64, value);
}

void render_history_list(const struct history_runs *runs, FILE *to) {
  for (size_t i = 0; i < runs->count; i++) {
    const struct history_run *run = &runs->runs[i];
    char when[32];
    time_text(when, sizeof when, (uint64_t)run->time * 1000000000);
    fprintf(to, "%5" PRId64 "  %s  ", run->number, when);
    print_commit(to, run);
    const char *const texts[] = {run->branch, run->label, run->host};
    for (size_t k = 0; k < 3; k++) {
      fputs("  ", to);
      print_name(to, *texts[k] ? texts[k] : "-");
    }
    fputc('\n', to);
  }
}

/* ---- The table ---- */

static void print_growth(FILE *to, uint64_t before, uint64_t value) {
  if (before == METRIC_NONE || before == value)
    return;
  char percent[64];
  percent_text(percent, sizeof percent, before, value);
  fprintf(to, "  %s", *percent ? percent : "new");
}

static void print_function(const struct history_table *table,
                           const struct history_function *function,
                           enum metric metric, FILE *to) {
  uint64_t before = METRIC_NONE;
  if (*function->file) {
    print_name(to, function->file);
    fprintf(to, ":%u: ", function->line);
  }
  print_name(to, function->signature);
  fprintf(to, ": %s\n", metric_names[metric]);
  for (size_t i = 0; i < table->runs.count; i++) {
    char text[64];
    uint64_t value = function->values[i][metric];
    if (value == METRIC_NONE)
      continue;
    value_text(text, sizeof text, metric, value);
    fprintf(to, "  %5" PRId64 "  ", table->runs.runs[i].number);
    print_commit(to, &table->runs.runs[i]);
    fprintf(to, "  %14s", text);
    print_growth(to, before, value);
    fputc('\n', to);
    before = value;
  }
  fputc('\n', to);
}

void render_history_table(const struct history_table *table, enum metric metric,
                          FILE *to) {
  for (size_t i = 0; i < table->count; i++)
    print_function(table, &table->functions[i], metric, to);
}

/* ---- The picture ---- */

enum {
  WIDTH = 960,
  HEIGHT = 400,
  LEFT = 80,
  RIGHT = 30,
  TOP = 50,
  BOTTOM = 60,
  TICKS = 6
};
enum {
  WHITE = 0xffffffff,
  GRID = 0xe3e6eaff,
  INK = 0x1f2328ff,
  FAINT = 0x59636eff,
  BLUE = 0x0072b2ff
};

struct picture {
  struct drawing *drawing;
  const struct history_table *table;
  const struct history_function *function;
  enum metric metric;
  struct axis axis;
};

static double x_of(const struct picture *picture, size_t run) {
  size_t steps = picture->table->runs.count;
  return LEFT +
         (WIDTH - LEFT - RIGHT) * (double)run / (double)(steps ? steps : 1);
}

static double y_of(const struct picture *picture, double value) {
  return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / picture->axis.high;
}

static void add_text(struct picture *picture, const char *role, double x,
                     double y, enum anchor anchor, uint32_t colour,
                     const char *text) {
  picture->drawing->has_failed |= !text;
  drawing_add(picture->drawing, (struct shape){.kind = SHAPE_TEXT,
                                               .role = role,
                                               .at = {x, y},
                                               .anchor = anchor,
                                               .size = 12,
                                               .fill = colour,
                                               .text = text ? text : ""});
}

static void add_line(struct picture *picture, const char *role, double x0,
                     double y0, double x1, double y1, uint32_t colour,
                     double width, const char *tip) {
  struct spot *spots = drawing_spots(picture->drawing, 2);
  if (!spots)
    return;
  spots[0] = (struct spot){x0, y0};
  spots[1] = (struct spot){x1, y1};
  drawing_add(picture->drawing, (struct shape){.kind = SHAPE_LINE,
                                               .role = role,
                                               .tip = tip,
                                               .spots = spots,
                                               .spot_count = 2,
                                               .stroke = colour,
                                               .stroke_width = width});
}

static void add_grid(struct picture *picture) {
  const struct axis *axis = &picture->axis;
  for (unsigned i = 0; i < axis->count; i++) {
    char text[64];
    double y = y_of(picture, axis_tick(axis, i));
    axis_tick_text(axis, i, text, sizeof text);
    add_line(picture, "grid", LEFT, y, WIDTH - RIGHT, y, GRID, 1, NULL);
    add_text(picture, "tick", LEFT - 8, y + 4, ANCHOR_END, FAINT,
             plot_text(picture->drawing->scratch, "%s%s%s", text,
                       metric_is_size(picture->metric) ? " " : "",
                       metric_is_size(picture->metric) ? axis->unit : ""));
  }
}

/* Names as many commits as have room. */
static void add_commits(struct picture *picture) {
  const struct history_runs *runs = &picture->table->runs;
  const double room = 100;
  double next = 0;
  for (size_t i = 0; i < runs->count; i++) {
    double x = x_of(picture, i);
    if (x < next)
      continue;
    next = x + room;
    add_text(picture, "commit", x, HEIGHT - BOTTOM + 20, ANCHOR_START, FAINT,
             plot_name(picture->drawing->scratch,
                       plot_text(picture->drawing->scratch, "%.*s",
                                 COMMIT_SHOWN, runs->runs[i].commit)));
  }
}

static void add_levels(struct picture *picture) {
  double last_x = 0, last_y = -1;
  for (size_t i = 0; i < picture->table->runs.count; i++) {
    uint64_t value = picture->function->values[i][picture->metric];
    if (value == METRIC_NONE) {
      last_y = -1;
      continue;
    }
    char text[64];
    value_text(text, sizeof text, picture->metric, value);
    double x = x_of(picture, i), y = y_of(picture, (double)value);
    if (last_y >= 0)
      add_line(picture, "step", last_x, last_y, x, y, BLUE, 2, NULL);
    last_x = x_of(picture, i + 1);
    last_y = y;
    add_line(picture, "level", x, y, last_x, y, BLUE, 2,
             plot_name(picture->drawing->scratch,
                       plot_text(picture->drawing->scratch, "%s: %s",
                                 picture->table->runs.runs[i].commit, text)));
  }
}

static uint64_t largest(const struct picture *picture) {
  uint64_t most = 0;
  for (size_t i = 0; i < picture->table->runs.count; i++) {
    uint64_t value = picture->function->values[i][picture->metric];
    if (value != METRIC_NONE && value > most)
      most = value;
  }
  return most > INT64_MAX ? INT64_MAX : most;
}

bool render_history_plot(const struct history_table *table,
                         const struct history_function *function,
                         enum metric metric, struct drawing *drawing) {
  struct picture picture = {drawing, table, function, metric, {0}};
  int64_t most = (int64_t)largest(&picture);
  picture.axis = metric_is_size(metric) ? axis_of_bytes(0, most, TICKS)
                                        : axis_of_counts(most, TICKS);
  drawing->width = WIDTH;
  drawing->height = HEIGHT;
  drawing->title = plot_name(drawing->scratch, function->signature);
  drawing->description = plot_text(drawing->scratch, "%s over %zu runs",
                                   metric_names[metric], table->runs.count);
  drawing_add(drawing, (struct shape){.kind = SHAPE_BOX,
                                      .role = "page",
                                      .width = WIDTH,
                                      .height = HEIGHT,
                                      .fill = WHITE});
  add_text(&picture, "title", LEFT, 28, ANCHOR_START, INK,
           plot_text(drawing->scratch, "%s: %s", drawing->title,
                     metric_names[metric]));
  add_grid(&picture);
  add_commits(&picture);
  add_levels(&picture);
  return !drawing->has_failed || error("out of memory for the picture");
}
