/* render_plot.c - a plot as a drawing: curves over time in the upper panel, and
 * below, on the same axis, a row of brackets for each function. */
#include "render_plot.h"
#include "axis.h"
#include "common/sizes.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Okabe and Ito's colours, which colour-blind readers tell apart; without their
 * yellow, which vanishes on white. */
static const uint32_t palette[] = {0x0072b2ff, 0xd55e00ff, 0x009e73ff,
                                   0xcc79a7ff, 0xe69f00ff, 0x56b4e9ff,
                                   0x444444ff};
enum { COLOURS = sizeof palette / sizeof *palette };
enum {
  WHITE = 0xffffffff,
  GRID = 0xe3e6eaff,
  AXIS = 0x8a929cff,
  INK = 0x1f2328ff,
  FAINT = 0x59636eff, /* still 6:1 on white */
  LANE = 0xf6f8faff
};
#define TINT(COLOUR, ALPHA) (((COLOUR)&0xffffff00u) | (ALPHA))

static const double text_size = 12, small_size = 11;
static const double lane_height = 36, lane_gap = 12, lanes_foot = 6;

/* The picture while it grows; places in pixels. */
struct picture {
  const struct plot *plot;
  struct drawing *drawing;
  struct axis time, bytes;
  double left, right, top, bottom; /* the panel of curves */
  double lanes_top, lanes_bottom;
  const struct plot_function **lanes;
  size_t lane_count;
};

static double x_of(const struct picture *picture, int64_t at_ns) {
  const struct axis *axis = &picture->time;
  double part = ((double)at_ns - axis->low) / (axis->high - axis->low);
  return picture->left + part * (picture->right - picture->left);
}

static double y_of(const struct picture *picture, double bytes) {
  const struct axis *axis = &picture->bytes;
  double part = (bytes - axis->low) / (axis->high - axis->low);
  return picture->bottom - part * (picture->bottom - picture->top);
}

static const char *or_nothing(struct picture *picture, const char *text) {
  picture->drawing->has_failed |= !text;
  return text ? text : "";
}
#define TEXT(PICTURE, ...)                                                     \
  or_nothing(PICTURE, plot_text((PICTURE)->plot->scratch, __VA_ARGS__))

static void add_text(struct picture *picture, const char *role, double x,
                     double y, enum anchor anchor, double size, uint32_t colour,
                     const char *text) {
  drawing_add(picture->drawing, (struct shape){.kind = SHAPE_TEXT,
                                               .role = role,
                                               .at = {x, y},
                                               .anchor = anchor,
                                               .size = size,
                                               .fill = colour,
                                               .text = text});
}

static void add_line(struct picture *picture, const char *role, double x0,
                     double y0, double x1, double y1, struct shape like) {
  struct spot *spots = drawing_spots(picture->drawing, 2);
  if (!spots)
    return;
  spots[0] = (struct spot){x0, y0};
  spots[1] = (struct spot){x1, y1};
  like.kind = SHAPE_LINE;
  like.role = role;
  like.spots = spots;
  like.spot_count = 2;
  drawing_add(picture->drawing, like);
}

static void add_box(struct picture *picture, const char *role, double x,
                    double y, double width, double height, uint32_t fill) {
  drawing_add(picture->drawing, (struct shape){.kind = SHAPE_BOX,
                                               .role = role,
                                               .at = {x, y},
                                               .width = width,
                                               .height = height,
                                               .fill = fill});
}

/* ---- Which colour ---- */

/* Processes differ by colour, and then metrics by dashes; of a single one its
 * curves differ by colour. */
static struct shape curve_style(const struct plot *plot, size_t index) {
  static const double dashes[] = {
      [PLOT_rss] = 0, [PLOT_pss] = 8, [PLOT_uss] = 2, [PLOT_live] = 5};
  const struct plot_curve *curve = &plot->curves[index];
  size_t colour =
      plot->process_count > 1 ? plot->processes[curve->process].colour : index;
  return (struct shape){.stroke = palette[colour % COLOURS],
                        .stroke_width = 2,
                        .dash = plot->process_count > 1
                                    ? dashes[curve->metric] +
                                          7 * (double)(colour / COLOURS)
                                    : 0};
}

/* ---- Curves ---- */

/* A curve of more points than the panel has room for is drawn by the first,
 * lowest, highest and last of each column: no peak gets lost. */
struct column {
  double x;
  int64_t first, low, high, last;
};

static size_t end_column(struct picture *picture, const struct column *column,
                         struct spot *spots) {
  const int64_t bytes[] = {column->first, column->low, column->high,
                           column->last};
  for (size_t i = 0; i < 4; i++)
    spots[i] = (struct spot){column->x, y_of(picture, (double)bytes[i])};
  return 4;
}

static size_t thin_out(struct picture *picture, const struct plot_curve *curve,
                       struct spot *spots) {
  struct column column = {.x = -1};
  size_t count = 0;
  for (size_t i = 0; i < curve->count; i++) {
    int64_t bytes = curve->points[i].bytes;
    double x = floor(x_of(picture, curve->points[i].at_ns));
    if (x != column.x) {
      if (i)
        count += end_column(picture, &column, spots + count);
      column = (struct column){x, bytes, bytes, bytes, bytes};
    }
    column.low = bytes < column.low ? bytes : column.low;
    column.high = bytes > column.high ? bytes : column.high;
    column.last = bytes;
  }
  return count + end_column(picture, &column, spots + count);
}

static struct spot *curve_spots(struct picture *picture,
                                const struct plot_curve *curve, size_t *count) {
  size_t columns = (size_t)(picture->right - picture->left) + 2;
  bool is_dense = curve->count > 4 * columns;
  struct spot *spots =
      drawing_spots(picture->drawing, is_dense ? 4 * columns : curve->count);
  *count = curve->count;
  if (spots && is_dense)
    *count = thin_out(picture, curve, spots);
  for (size_t i = 0; spots && !is_dense && i < curve->count; i++)
    spots[i] = (struct spot){x_of(picture, curve->points[i].at_ns),
                             y_of(picture, (double)curve->points[i].bytes)};
  return spots;
}

static void add_area(struct picture *picture, const struct spot *spots,
                     size_t count, uint32_t colour) {
  struct spot *area = drawing_spots(picture->drawing, count + 2);
  if (!area)
    return;
  memcpy(area, spots, count * sizeof *spots);
  area[count] = (struct spot){spots[count - 1].x, y_of(picture, 0)};
  area[count + 1] = (struct spot){spots[0].x, y_of(picture, 0)};
  drawing_add(picture->drawing, (struct shape){.kind = SHAPE_AREA,
                                               .role = "area",
                                               .spots = area,
                                               .spot_count = count + 2,
                                               .fill = TINT(colour, 0x1c)});
}

static void add_curve(struct picture *picture, size_t index) {
  const struct plot_curve *curve = &picture->plot->curves[index];
  struct shape shape = curve_style(picture->plot, index);
  shape.kind = SHAPE_LINE;
  shape.role = "curve";
  shape.tip = curve->label;
  shape.spots = curve_spots(picture, curve, &shape.spot_count);
  if (!shape.spots)
    return;
  if (index == 0 && picture->plot->process_count == 1)
    add_area(picture, shape.spots, shape.spot_count, shape.stroke);
  if (curve->count == 1) /* a line of one spot shows nothing */
    add_box(picture, "point", shape.spots[0].x - 2.5, shape.spots[0].y - 2.5, 5,
            5, shape.stroke);
  drawing_add(picture->drawing, shape);
}

/* Where the line from a to b, whose x differ, is at height y. */
static struct spot at_height(struct spot a, struct spot b, double y) {
  return (struct spot){a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x), y};
}

/* A trend may begin below no memory at all: what is outside is not drawn. */
static void add_trend(struct picture *picture, size_t index) {
  const struct plot_curve *curve = &picture->plot->curves[index];
  const struct plot_trend *trend = &curve->trend;
  if (!curve->has_trend)
    return;
  struct spot ends[] = {
      {x_of(picture, trend->from_ns), y_of(picture, trend->at_from)},
      {x_of(picture, trend->to_ns), y_of(picture, trend->at_to)}};
  for (int i = 0; i < 2; i++) {
    struct spot here = ends[i], there = ends[1 - i];
    if (here.y < picture->top)
      ends[i] = at_height(here, there, picture->top);
    else if (here.y > picture->bottom)
      ends[i] = at_height(here, there, picture->bottom);
  }
  struct shape like = curve_style(picture->plot, index);
  like.dash = 7;
  like.stroke_width = 1.25;
  add_line(picture, "trend", ends[0].x, ends[0].y, ends[1].x, ends[1].y, like);
}

static void add_peak_line(struct picture *picture) {
  const struct plot *plot = picture->plot;
  if (!plot->peak)
    return;
  double y = y_of(picture, (double)plot->peak);
  add_line(picture, "peak-line", picture->left, y, picture->right, y,
           (struct shape){.stroke = FAINT, .stroke_width = 1, .dash = 3});
  add_text(picture, "peak-text", picture->left + 6, y - 5, ANCHOR_START,
           small_size, FAINT,
           TEXT(picture, "peak of live blocks: %s",
                or_nothing(picture, plot_size(plot->scratch, plot->peak))));
}

/* ---- Legend ---- */

static const char *legend_text(struct picture *picture,
                               const struct plot_curve *curve) {
  char slope[64];
  const char *max =
      or_nothing(picture, plot_size(picture->plot->scratch, curve->max));
  if (!curve->has_trend)
    return TEXT(picture, "%s, max %s", curve->label, max);
  plot_slope_text(&curve->trend, slope, sizeof slope);
  return TEXT(picture, "%s, max %s, slope %s", curve->label, max, slope);
}

/* From left to right, in up to three rows. Returns where it ends. */
static double add_legend(struct picture *picture, double y) {
  const struct plot *plot = picture->plot;
  double x = picture->left, bottom = y;
  int rows = 1;
  for (size_t i = 0; i < plot->curve_count; i++) {
    const char *text = legend_text(picture, &plot->curves[i]);
    double width = 30 + drawing_text_width(text, text_size) + 18;
    if (x > picture->left && x + width > picture->right) {
      if (rows++ == 3) {
        add_text(picture, "more", x, bottom, ANCHOR_START, text_size, FAINT,
                 TEXT(picture, "and %zu more", plot->curve_count - i));
        break;
      }
      x = picture->left;
      bottom += 18;
    }
    add_line(picture, "sample", x, bottom - 4, x + 24, bottom - 4,
             curve_style(plot, i));
    add_text(picture, "legend", x + 30, bottom, ANCHOR_START, text_size, INK,
             drawing_fit(picture->drawing, text, text_size,
                         picture->right - x - 30));
    x += width;
  }
  return bottom;
}

/* ---- Axes ---- */

static void add_bytes_axis(struct picture *picture) {
  char text[64];
  for (unsigned i = 0; i < picture->bytes.count; i++) {
    double y = y_of(picture, axis_tick(&picture->bytes, i));
    add_line(picture, "grid", picture->left, y, picture->right, y,
             (struct shape){.stroke = GRID, .stroke_width = 1});
    axis_tick_text(&picture->bytes, i, text, sizeof text);
    add_text(picture, "tick", picture->left - 8, y + 4, ANCHOR_END, text_size,
             INK, TEXT(picture, "%s", text));
  }
  drawing_add(
      picture->drawing,
      (struct shape){.kind = SHAPE_TEXT,
                     .role = "axis-name",
                     .at = {22, (picture->top + picture->bottom) / 2},
                     .anchor = ANCHOR_MIDDLE,
                     .size = text_size,
                     .fill = INK,
                     .text = TEXT(picture, "memory (%s)", picture->bytes.unit),
                     .is_upright = true});
}

static void add_time_axis(struct picture *picture) {
  char text[64];
  double end = picture->lanes_bottom;
  for (unsigned i = 0; i < picture->time.count; i++) {
    double x = x_of(picture, (int64_t)axis_tick(&picture->time, i));
    add_line(picture, "grid", x, picture->top, x, picture->bottom,
             (struct shape){.stroke = GRID, .stroke_width = 1});
    if (picture->lane_count)
      add_line(picture, "grid", x, picture->lanes_top, x, end,
               (struct shape){.stroke = GRID, .stroke_width = 1});
    add_line(picture, "mark", x, end, x, end + 5,
             (struct shape){.stroke = AXIS, .stroke_width = 1});
    axis_tick_text(&picture->time, i, text, sizeof text);
    add_text(picture, "tick", x, end + 19, ANCHOR_MIDDLE, text_size, INK,
             TEXT(picture, "%s", text));
  }
  add_line(picture, "axis", picture->left, end, picture->right, end,
           (struct shape){.stroke = AXIS, .stroke_width = 1});
  add_text(picture, "axis-name", (picture->left + picture->right) / 2, end + 37,
           ANCHOR_MIDDLE, text_size, INK,
           TEXT(picture, "time (%s)", picture->time.unit));
}

/* ---- Brackets ---- */

/* Calls so close that they are one bracket. */
struct bracket {
  double from, to;
  size_t calls;
  int64_t peak;
  bool is_open;
};

static const char *bracket_tip(struct picture *picture,
                               const struct plot_function *function,
                               const struct bracket *bracket) {
  if (bracket->calls == 1)
    return TEXT(picture, "%s: peak %" PRId64 " B%s", function->label,
                bracket->peak, bracket->is_open ? ", had not ended" : "");
  return TEXT(picture, "%s: %zu calls, largest peak %" PRId64 " B",
              function->label, bracket->calls, bracket->peak);
}

static void add_bracket(struct picture *picture,
                        const struct plot_function *function,
                        const struct bracket *bracket, double y,
                        uint32_t colour) {
  double width = bracket->to - bracket->from, height = 15;
  const char *tip = bracket_tip(picture, function, bracket);
  struct shape box = {.kind = SHAPE_BOX,
                      .role = "call",
                      .tip = tip,
                      .at = {bracket->from, y},
                      .width = width,
                      .height = height,
                      .fill = TINT(colour, width < 4 ? 0xff : 0x2e)};
  drawing_add(picture->drawing, box);
  if (width < 4)
    return;
  struct spot *spots = drawing_spots(picture->drawing, 4);
  if (!spots)
    return;
  spots[0] = (struct spot){bracket->from, y + height};
  spots[1] = (struct spot){bracket->from, y};
  spots[2] = (struct spot){bracket->to, y};
  spots[3] = (struct spot){bracket->to, y + height};
  drawing_add(picture->drawing,
              (struct shape){.kind = SHAPE_LINE,
                             .role = "bracket",
                             .spots = spots,
                             .spot_count = bracket->is_open ? 3 : 4,
                             .stroke = colour,
                             .stroke_width = 2});
  const char *peak =
      or_nothing(picture, plot_size(picture->plot->scratch, bracket->peak));
  if (drawing_text_width(peak, small_size) + 8 < width)
    add_text(picture, "peak", (bracket->from + bracket->to) / 2, y + 12,
             ANCHOR_MIDDLE, small_size, INK, peak);
}

static double clamp_x(const struct picture *picture, double x) {
  return fmin(fmax(x, picture->left), picture->right);
}

/* The brackets of a function, near calls joined; returns where its first
 * begins. */
static double add_brackets(struct picture *picture,
                           const struct plot_function *function, double y,
                           uint32_t colour) {
  struct bracket bracket = {0};
  double first = 0;
  for (size_t i = 0; i < function->count; i++) {
    const struct plot_call *call = &function->calls[i];
    double from = clamp_x(picture, x_of(picture, call->start_ns));
    double to = clamp_x(picture, x_of(picture, call->end_ns));
    to = fmax(to, from + 1.5);
    if (i == 0)
      first = from;
    if (bracket.calls && from > bracket.to + 1) {
      add_bracket(picture, function, &bracket, y, colour);
      bracket = (struct bracket){0};
    }
    if (!bracket.calls)
      bracket.from = from;
    bracket.to = bracket.calls ? fmax(bracket.to, to) : to;
    bracket.peak = call->peak > bracket.peak ? call->peak : bracket.peak;
    bracket.is_open |= call->is_open;
    bracket.calls++;
  }
  add_bracket(picture, function, &bracket, y, colour);
  return first;
}

static void add_lane(struct picture *picture, size_t index) {
  const struct plot_function *function = picture->lanes[index];
  double y = picture->lanes_top + (double)index * lane_height;
  const struct plot *plot = picture->plot;
  size_t curves =
      plot->process_count > 1 ? plot->process_count : plot->curve_count;
  uint32_t colour = palette[(curves + index) % COLOURS];
  const char *what =
      TEXT(picture, ": %zu call%s, peak %s", function->count,
           function->count == 1 ? "" : "s",
           or_nothing(picture, plot_size(plot->scratch, function->peak)));
  double width =
      picture->right - picture->left - drawing_text_width(what, small_size);
  const char *text = TEXT(
      picture, "%s%s",
      drawing_fit(picture->drawing, function->label, small_size, width), what);
  double first = add_brackets(picture, function, y + 18, colour);
  double room = picture->right - drawing_text_width(text, small_size);
  add_text(picture, "name", fmax(fmin(first, room), picture->left), y + 14,
           ANCHOR_START, small_size, INK, text);
}

static int compare_lanes(const void *a, const void *b) {
  const struct plot_function *left = *(const struct plot_function *const *)a,
                             *right = *(const struct plot_function *const *)b;
  if (left->calls[0].start_ns != right->calls[0].start_ns)
    return left->calls[0].start_ns < right->calls[0].start_ns ? -1 : 1;
  return (left > right) - (left < right);
}

/* As many rows as there is room for, those with the largest peaks, in the order
 * in which they began. */
static void choose_lanes(struct picture *picture, double room) {
  const struct plot *plot = picture->plot;
  size_t most = (size_t)fmax(1, floor(room / lane_height));
  size_t count = plot->function_count < most ? plot->function_count : most;
  picture->lanes =
      scratch_alloc(plot->scratch, count + 1, sizeof *picture->lanes);
  if (!picture->lanes) {
    picture->drawing->has_failed = true;
    return;
  }
  for (size_t i = 0; i < count; i++)
    picture->lanes[i] = &plot->functions[i];
  qsort(picture->lanes, count, sizeof *picture->lanes, compare_lanes);
  picture->lane_count = count;
}

/* ---- All of it ---- */

const char *plot_title(const struct plot *plot) {
  const char *title = "";
  if (plot->run_count == 1 && plot->process_count) {
    const struct plot_process *first = &plot->processes[0];
    return first->command ? first->command : first->file;
  }
  for (size_t i = 0; title && i < plot->process_count; i++)
    if (i == 0 || strcmp(plot->processes[i].file, plot->processes[i - 1].file))
      title = plot_text(plot->scratch, "%s%s%s", title, i ? ", " : "",
                        plot->processes[i].file);
  return title;
}

static void lay_out(struct picture *picture, double legend_bottom) {
  const struct plot *plot = picture->plot;
  double end = picture->drawing->height - 50;
  picture->top = legend_bottom + 16;
  choose_lanes(picture, (end - picture->top) * 0.5 - lane_gap - lanes_foot);
  picture->lanes_bottom = end;
  picture->lanes_top =
      end - (double)picture->lane_count * lane_height - lanes_foot;
  picture->bottom = picture->lane_count ? picture->lanes_top - lane_gap : end;
  unsigned rows = (unsigned)((picture->bottom - picture->top) / 36);
  unsigned columns = (unsigned)((picture->right - picture->left) / 75);
  picture->bytes = axis_of_bytes(plot->low, plot->high, rows);
  picture->time = axis_of_time(plot->from_ns, plot->to_ns, columns);
}

static void describe(struct picture *picture) {
  const struct plot *plot = picture->plot;
  picture->drawing->description =
      TEXT(picture, "Memory over time: %zu curve%s, %zu function%s.",
           plot->curve_count, plot->curve_count == 1 ? "" : "s",
           plot->function_count, plot->function_count == 1 ? "" : "s");
}

void render_plot(const struct plot *plot, struct drawing *drawing) {
  struct picture picture = {.plot = plot,
                            .drawing = drawing,
                            .left = 80,
                            .right = drawing->width - 20};
  add_box(&picture, "background", 0, 0, drawing->width, drawing->height, WHITE);
  drawing_add(drawing, (struct shape){
                           .kind = SHAPE_TEXT,
                           .role = "title",
                           .at = {picture.left, 30},
                           .size = 16,
                           .is_bold = true,
                           .fill = INK,
                           .text = drawing_fit(drawing, drawing->title, 17,
                                               picture.right - picture.left)});
  lay_out(&picture, add_legend(&picture, 54));
  add_box(&picture, "panel", picture.left, picture.top,
          picture.right - picture.left, picture.bottom - picture.top, LANE);
  if (picture.lane_count)
    add_box(&picture, "lanes", picture.left, picture.lanes_top,
            picture.right - picture.left,
            picture.lanes_bottom - picture.lanes_top, LANE);
  add_bytes_axis(&picture);
  add_time_axis(&picture);
  for (size_t i = 0; i < plot->curve_count; i++)
    add_curve(&picture, i);
  for (size_t i = 0; i < plot->curve_count; i++)
    add_trend(&picture, i);
  add_peak_line(&picture);
  if (!plot->curve_count)
    add_text(&picture, "none", (picture.left + picture.right) / 2,
             (picture.top + picture.bottom) / 2, ANCHOR_MIDDLE, text_size,
             FAINT, "no samples: 'memprof run' takes them");
  for (size_t i = 0; i < picture.lane_count; i++)
    add_lane(&picture, i);
  if (picture.lane_count < plot->function_count)
    add_text(&picture, "more", picture.right, drawing->height - 13, ANCHOR_END,
             small_size, FAINT,
             TEXT(&picture, "%zu more functions: --function, --size",
                  plot->function_count - picture.lane_count));
  describe(&picture);
}
