/* render_flame.c - calling contexts as an icicle: callers above what they call,
 * each as wide as its bytes, callees included; what a function's own lines
 * allocated stands below it, line by line. */
#include "common/glob.h"
#include "render_plot.h"
#include "tool.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t palette[] = {0x56b4e9ff, 0xe69f00ff, 0x009e73ff,
                                   0xcc79a7ff, 0xd55e00ff, 0x0072b2ff};
enum { COLOURS = sizeof palette / sizeof *palette };
enum { WHITE = 0xffffffff, INK = 0x1f2328ff, FAINT = 0x59636eff };
enum { OWN = 0xe7eaeeff, ALL = 0xd0d7deff };

enum { ROWS_MAX = 100, NONE = -1 };
static const double row_height = 21, text_size = 12, small_size = 11;
static const double left = 20, top = 74;

/* A box that is not drawn yet. */
struct box {
  uint64_t bytes;  /* callees included */
  int64_t context; /* index; a line's: of its function's */
  int64_t line;    /* index into contexts.lines; NONE: the whole context */
  int64_t parent;  /* context whose box it stands below; NONE: all */
  double x;        /* pixels */
  unsigned row;
};

struct flame {
  const struct subject *subject;
  enum flame_measure measure;
  struct drawing *drawing;
  struct box *boxes; /* contexts by index, then lines */
  size_t count;
  uint64_t total; /* bytes */
  double scale;   /* pixels per byte */
  unsigned rows, hidden_rows;
};

static uint64_t measured(const struct flame *flame,
                         const struct context_line *line) {
  return flame->measure == FLAME_AT_PEAK ? line->at_peak : line->bytes;
}

static const char *text_of(struct flame *flame, const char *text) {
  flame->drawing->has_failed |= !text;
  return text ? text : "";
}

/* ---- How many bytes ---- */

/* Whether the context is below a function that is wanted, or is of one. */
static bool is_inside(const struct flame *flame, const bool *inside, size_t i,
                      const char *glob) {
  const struct context *context = &flame->subject->contexts.contexts[i];
  const struct function_rows *function =
      &flame->subject->report.functions[context->function];
  if (!glob || (context->parent != CONTEXT_NONE && inside[context->parent]))
    return true;
  return glob_list_match(glob, function->name, function->signature);
}

static bool measure(struct flame *flame, const char *glob) {
  const struct contexts *contexts = &flame->subject->contexts;
  struct scratch *scratch = flame->drawing->scratch;
  bool *inside = scratch_alloc(scratch, contexts->count + 1, sizeof *inside);
  flame->boxes =
      scratch_alloc(scratch, contexts->count + contexts->line_count + 1,
                    sizeof *flame->boxes);
  if (!inside || !flame->boxes)
    return error("out of memory for the flame chart");
  flame->count = contexts->count;
  for (size_t i = 0; i < contexts->count; i++) {
    uint32_t parent = contexts->contexts[i].parent;
    inside[i] = is_inside(flame, inside, i, glob);
    flame->boxes[i] = (struct box){
        .context = (int64_t)i,
        .line = NONE,
        .parent =
            parent != CONTEXT_NONE && inside[parent] ? (int64_t)parent : NONE};
  }
  for (size_t i = 0; i < contexts->line_count; i++) {
    const struct context_line *line = &contexts->lines[i];
    uint64_t bytes = measured(flame, line);
    if (!inside[line->context] || !bytes)
      continue;
    flame->boxes[line->context].bytes += bytes;
    flame->boxes[flame->count++] = (struct box){.bytes = bytes,
                                                .context = line->context,
                                                .line = (int64_t)i,
                                                .parent = line->context};
  }
  for (size_t i = contexts->count; i-- > 0;) /* parents stand before */
    if (flame->boxes[i].parent != NONE)
      flame->boxes[flame->boxes[i].parent].bytes += flame->boxes[i].bytes;
    else
      flame->total += flame->boxes[i].bytes;
  return true;
}

/* ---- Where ---- */

static int compare(const void *a, const void *b) {
  const struct box *left = *(struct box *const *)a,
                   *right = *(struct box *const *)b;
  if (left->parent != right->parent)
    return left->parent < right->parent ? -1 : 1;
  if (left->bytes != right->bytes)
    return left->bytes > right->bytes ? -1 : 1;
  return (left > right) - (left < right);
}

/* Below each parent its boxes side by side, the largest first. Parents of what
 * is at hand have their place already: they have smaller numbers. */
static bool place(struct flame *flame) {
  struct box **order =
      scratch_alloc(flame->drawing->scratch, flame->count + 1, sizeof *order);
  if (!order)
    return error("out of memory for the flame chart");
  for (size_t i = 0; i < flame->count; i++)
    order[i] = &flame->boxes[i];
  qsort(order, flame->count, sizeof *order, compare);
  double x = left;
  for (size_t i = 0; i < flame->count; i++) {
    struct box *box = order[i];
    const struct box *parent =
        box->parent == NONE ? NULL : &flame->boxes[box->parent];
    if (i == 0 || order[i - 1]->parent != box->parent)
      x = parent ? parent->x : left;
    box->x = x;
    box->row = parent ? parent->row + 1 : 1;
    x += (double)box->bytes * flame->scale;
    if (box->bytes && box->row >= flame->rows)
      flame->rows = box->row + 1;
  }
  if (flame->rows > ROWS_MAX) {
    flame->hidden_rows = flame->rows - ROWS_MAX;
    flame->rows = ROWS_MAX;
  }
  return true;
}

/* ---- The picture ---- */

static const char *line_name(struct flame *flame, const struct box *box) {
  const struct contexts *contexts = &flame->subject->contexts;
  const struct function_rows *function =
      &flame->subject->report
           .functions[contexts->contexts[box->context].function];
  const struct row *row = &function->rows[contexts->lines[box->line].row];
  if (!function->file_count || !row->line)
    return "its own lines";
  const char *file = function->files[row->file].name;
  const char *slash = strrchr(file, '/');
  return text_of(
      flame,
      plot_name(
          flame->drawing->scratch,
          text_of(flame, plot_text(flame->drawing->scratch, "%s:%u",
                                   slash ? slash + 1 : file, row->line))));
}

static const char *box_name(struct flame *flame, const struct box *box) {
  if (box->line != NONE)
    return line_name(flame, box);
  uint32_t function = flame->subject->contexts.contexts[box->context].function;
  return text_of(flame,
                 plot_name(flame->drawing->scratch,
                           flame->subject->report.functions[function].name));
}

static void add_text(struct flame *flame, const char *role, double x, double y,
                     double size, bool is_bold, uint32_t colour,
                     const char *text) {
  drawing_add(flame->drawing, (struct shape){.kind = SHAPE_TEXT,
                                             .role = role,
                                             .at = {x, y},
                                             .size = size,
                                             .is_bold = is_bold,
                                             .fill = colour,
                                             .text = text});
}

static void add_box(struct flame *flame, const char *role, double x,
                    unsigned row, uint64_t bytes, uint32_t fill,
                    const char *name) {
  struct scratch *scratch = flame->drawing->scratch;
  double width = (double)bytes * flame->scale, y = top + row * row_height;
  if (width < 0.5 || row >= flame->rows)
    return;
  const char *size = text_of(flame, plot_size(scratch, (int64_t)bytes));
  const char *tip = text_of(
      flame, plot_text(scratch, "%s: %" PRIu64 " B, %.1f %%", name, bytes,
                       100.0 * (double)bytes / (double)flame->total));
  drawing_add(flame->drawing, (struct shape){.kind = SHAPE_BOX,
                                             .role = role,
                                             .tip = tip,
                                             .at = {x, y},
                                             .width = width,
                                             .height = row_height - 1,
                                             .fill = fill,
                                             .stroke = width > 3 ? WHITE : 0,
                                             .stroke_width = 1});
  const char *text = text_of(flame, plot_text(scratch, "%s, %s", name, size));
  text = drawing_fit(flame->drawing, text, small_size, width - 8);
  if (*text)
    add_text(flame, "name", x + 4, y + 14.5, small_size, false, INK, text);
}

static void add_head(struct flame *flame) {
  struct drawing *drawing = flame->drawing;
  static const char *const measures[] = {
      [FLAME_BYTES] = "bytes allocated, by calling context; below a function "
                      "what it calls, and its own lines in grey",
      [FLAME_AT_PEAK] = "bytes live at the peak, by calling context that "
                        "allocated them; own lines in grey"};
  drawing_add(drawing, (struct shape){.kind = SHAPE_BOX,
                                      .role = "background",
                                      .width = drawing->width,
                                      .height = drawing->height,
                                      .fill = WHITE});
  add_text(flame, "title", left, 30, 16, true, INK,
           drawing_fit(drawing, drawing->title, 17, drawing->width - 2 * left));
  add_text(flame, "measure", left, 54, text_size, false, FAINT,
           drawing_fit(drawing, measures[flame->measure], text_size,
                       drawing->width - 2 * left));
  drawing->description = measures[flame->measure];
}

bool render_flame(const struct subject *subject, enum flame_measure measured_by,
                  const char *function, struct drawing *drawing) {
  struct flame flame = {
      .subject = subject, .measure = measured_by, .drawing = drawing};
  if (!measure(&flame, function))
    return false;
  if (!flame.total)
    return true; /* an empty drawing */
  flame.scale = (drawing->width - 2 * left) / (double)flame.total;
  if (!place(&flame))
    return false;
  drawing->height = top + flame.rows * row_height + 24;
  add_head(&flame);
  add_box(&flame, "all", left, 0, flame.total, ALL, "all");
  for (size_t i = 0; i < flame.count; i++) {
    const struct box *box = &flame.boxes[i];
    bool is_line = box->line != NONE;
    uint32_t colour =
        is_line ? (uint32_t)OWN
                : (palette[subject->contexts.contexts[box->context].function %
                           COLOURS] &
                   0xffffff00) |
                      0x8c;
    if (box->bytes)
      add_box(&flame, is_line ? "own" : "context", box->x, box->row, box->bytes,
              colour, box_name(&flame, box));
  }
  if (flame.hidden_rows)
    add_text(&flame, "more", left, drawing->height - 8, small_size, false,
             FAINT,
             text_of(&flame,
                     plot_text(drawing->scratch, "%u deeper rows are not drawn",
                               flame.hidden_rows)));
  return true;
}
