/* plot.c - puts what was read from files on one axis, cuts the window out, and
 * names it. */
#include "plot.h"
#include "common/printable.h"
#include "common/sizes.h"
#include "input.h"
#include "plot_read.h"
#include "tool.h"
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- Texts and lists in scratch memory ---- */

const char *plot_text(struct scratch *scratch, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  char *text =
      length < 0 ? NULL : scratch_alloc(scratch, (size_t)length + 1, 1);
  if (!text)
    return NULL;
  va_start(arguments, format);
  vsnprintf(text, (size_t)length + 1, format, arguments);
  va_end(arguments);
  return text;
}

const char *plot_size(struct scratch *scratch, int64_t bytes) {
  char text[64];
  size_format(text, sizeof text, bytes, SIZE_AUTO, 1);
  return plot_text(scratch, "%s", text);
}

void plot_slope_text(const struct plot_trend *trend, char *out,
                     size_t capacity) {
  double slope = fmax(fmin(trend->slope, 0x1p62), -0x1p62);
  size_t length = size_format(out, capacity, llround(slope), SIZE_AUTO, 3);
  snprintf(out + length, capacity - length, "/s");
}

const char *plot_name(struct scratch *scratch, const char *text) {
  size_t length = strlen(text);
  char *out = scratch_alloc(scratch, length + 1, 4), *at = out;
  if (!out)
    return NULL;
  while (length) {
    size_t span = printable_utf8_span(text, length);
    memcpy(at, text, span);
    at += span;
    if (span < length)
      at += sprintf(at, "\\x%02X", (unsigned char)text[span++]);
    text += span;
    length -= span;
  }
  return out;
}

void *plot_grow(struct scratch *scratch, void *list, size_t count,
                size_t size) {
  if (count & (count - 1) || (count == 0 && list))
    return list;
  void *larger = scratch_alloc(scratch, count ? 2 * count : 1, size);
  if (larger && count)
    memcpy(larger, list, count * size);
  return larger;
}

/* ---- One axis ---- */

static void shift_points(const struct plot *plot, struct plot_curve *curve) {
  int64_t begin = plot->runs[plot->processes[curve->process].run].begin_ns;
  for (size_t i = 0; i < curve->count; i++)
    curve->points[i].at_ns -= begin;
}

static void shift_calls(const struct plot *plot,
                        struct plot_function *function) {
  int64_t begin = plot->runs[plot->processes[function->process].run].begin_ns;
  for (size_t i = 0; i < function->count; i++) {
    function->calls[i].start_ns -= begin;
    function->calls[i].end_ns -= begin;
  }
}

static int compare_points(const void *a, const void *b) {
  const struct plot_point *left = a, *right = b;
  return (left->at_ns > right->at_ns) - (left->at_ns < right->at_ns);
}

/* Parts of a series come in any order. */
static void sort_points(struct plot_curve *curve) {
  for (size_t i = 1; i < curve->count; i++)
    if (curve->points[i].at_ns < curve->points[i - 1].at_ns) {
      qsort(curve->points, curve->count, sizeof *curve->points, compare_points);
      return;
    }
}

/* All runs begin at 0; the axis is the window, or what is known. */
static void align(struct plot *plot) {
  plot->from_ns = plot->to_ns = 0;
  for (size_t i = 0; i < plot->curve_count; i++) {
    struct plot_curve *curve = &plot->curves[i];
    shift_points(plot, curve);
    sort_points(curve);
    if (curve->count && curve->points[curve->count - 1].at_ns > plot->to_ns)
      plot->to_ns = curve->points[curve->count - 1].at_ns;
  }
  for (size_t i = 0; i < plot->function_count; i++) {
    struct plot_function *function = &plot->functions[i];
    shift_calls(plot, function);
    for (size_t k = 0; k < function->count; k++)
      if (function->calls[k].end_ns > plot->to_ns)
        plot->to_ns = function->calls[k].end_ns;
  }
  if (plot->request.has_from)
    plot->from_ns = plot->request.from_ns;
  if (plot->request.has_to)
    plot->to_ns = plot->request.to_ns;
  if (plot->to_ns <= plot->from_ns)
    plot->to_ns = plot->from_ns + 1000000000; /* a single moment */
}

/* ---- The window ---- */

static struct plot_point between(const struct plot_point *a,
                                 const struct plot_point *b, int64_t at_ns) {
  double part =
      (double)(at_ns - a->at_ns) / ((double)b->at_ns - (double)a->at_ns);
  double bytes =
      (double)a->bytes + part * ((double)b->bytes - (double)a->bytes);
  /* where a double's digits end, the largest counts may round past the end */
  return (struct plot_point){at_ns,
                             (int64_t)fmax(fmin(bytes, 0x1p62), -0x1p62)};
}

/* Least squares, about the means so that large clocks cost no digits. */
static void find_trend(struct plot_curve *curve,
                       const struct plot_point *points, size_t count) {
  double time = 0, bytes = 0, squares = 0, products = 0;
  for (size_t i = 0; i < count; i++) {
    time += ((double)points[i].at_ns / 1e9 - time) / (double)(i + 1);
    bytes += ((double)points[i].bytes - bytes) / (double)(i + 1);
  }
  for (size_t i = 0; i < count; i++) {
    double at = (double)points[i].at_ns / 1e9 - time;
    squares += at * at;
    products += at * ((double)points[i].bytes - bytes);
  }
  if (!(squares > 0))
    return;
  double slope = products / squares;
  curve->has_trend = true;
  curve->trend = (struct plot_trend){
      .slope = slope,
      .from_ns = points[0].at_ns,
      .to_ns = points[count - 1].at_ns,
      .at_from = bytes + slope * ((double)points[0].at_ns / 1e9 - time),
      .at_to = bytes + slope * ((double)points[count - 1].at_ns / 1e9 - time)};
}

/* Keeps the points inside, and where the curve crosses the edges. */
static bool cut_curve(const struct plot *plot, struct plot_curve *curve) {
  const struct plot_point *points = curve->points;
  size_t first = 0, end = curve->count, count = 0;
  while (first < end && points[first].at_ns < plot->from_ns)
    first++;
  while (end > first && points[end - 1].at_ns > plot->to_ns)
    end--;
  struct plot_point *kept =
      scratch_alloc(plot->scratch, end - first + 2, sizeof *kept);
  if (!kept)
    return error("out of memory for the plot");
  if (first > 0 && first < curve->count && points[first].at_ns > plot->from_ns)
    kept[count++] = between(&points[first - 1], &points[first], plot->from_ns);
  for (size_t i = first; i < end; i++)
    kept[count++] = points[i];
  if (end < curve->count && end > 0 && points[end - 1].at_ns < plot->to_ns)
    kept[count++] = between(&points[end - 1], &points[end], plot->to_ns);
  if (plot->request.with_trend)
    find_trend(curve, points + first, end - first);
  curve->points = kept;
  curve->count = count;
  for (size_t i = 0; i < count; i++)
    if (i == 0 || kept[i].bytes > curve->max)
      curve->max = kept[i].bytes;
  return true;
}

static void cut_calls(const struct plot *plot, struct plot_function *function) {
  size_t count = 0;
  function->peak = 0;
  for (size_t i = 0; i < function->count; i++) {
    const struct plot_call *call = &function->calls[i];
    if (call->end_ns < plot->from_ns || call->start_ns > plot->to_ns)
      continue;
    if (function->peak < call->peak)
      function->peak = call->peak;
    function->calls[count++] = *call;
  }
  function->count = count;
}

static int compare_functions(const void *a, const void *b) {
  const struct plot_function *left = a, *right = b;
  if (left->peak != right->peak)
    return left->peak > right->peak ? -1 : 1;
  if (left->process != right->process)
    return left->process < right->process ? -1 : 1;
  return strcmp(left->name, right->name);
}

/* Whether live bytes are shown, and no curve has met their peak. */
static bool is_peak_missed(const struct plot *plot) {
  bool has_live = false;
  for (size_t i = 0; i < plot->curve_count; i++)
    if (plot->curves[i].metric == PLOT_live) {
      has_live = true;
      if (plot->curves[i].max >= plot->processes[0].peak)
        return false;
    }
  return has_live;
}

static void find_range(struct plot *plot) {
  plot->low = plot->high = 0;
  for (size_t i = 0; i < plot->curve_count; i++) {
    const struct plot_curve *curve = &plot->curves[i];
    for (size_t k = 0; k < curve->count; k++) {
      if (curve->points[k].bytes > plot->high)
        plot->high = curve->points[k].bytes;
      if (curve->points[k].bytes < plot->low)
        plot->low = curve->points[k].bytes;
    }
  }
  if (plot->process_count != 1 || plot->request.has_from ||
      plot->request.has_to || !is_peak_missed(plot))
    return;
  plot->peak = plot->processes[0].peak;
  if (plot->high < plot->peak)
    plot->high = plot->peak;
}

/* Nobody named a metric: live bytes of many processes would hide their RSS. */
static void drop_live(struct plot *plot) {
  bool has_rss = false;
  for (size_t i = 0; i < plot->curve_count; i++)
    has_rss |= plot->curves[i].metric == PLOT_rss && plot->curves[i].count;
  for (size_t i = 0; has_rss && i < plot->curve_count; i++)
    if (plot->curves[i].metric == PLOT_live)
      plot->curves[i].count = 0;
}

/* Leaves what is empty out. */
static bool cut(struct plot *plot) {
  size_t count = 0;
  for (size_t i = 0; i < plot->curve_count; i++) {
    if (!cut_curve(plot, &plot->curves[i]))
      return false;
    if (plot->curves[i].count)
      plot->curves[count++] = plot->curves[i];
  }
  plot->curve_count = count;
  count = 0;
  for (size_t i = 0; i < plot->function_count; i++) {
    cut_calls(plot, &plot->functions[i]);
    if (plot->functions[i].count)
      plot->functions[count++] = plot->functions[i];
  }
  plot->function_count = count;
  if (count)
    qsort(plot->functions, count, sizeof *plot->functions, compare_functions);
  find_range(plot);
  return true;
}

/* ---- Names ---- */

static size_t processes_of_file(const struct plot *plot, const char *file) {
  size_t count = 0;
  for (size_t i = 0; i < plot->process_count; i++)
    count += strcmp(plot->processes[i].file, file) == 0;
  return count;
}

/* Processes of one run differ by their pid, runs by their file. */
static const char *process_label(const struct plot *plot,
                                 const struct plot_process *process) {
  if (plot->process_count == 1)
    return "";
  if (plot->run_count == 1)
    return process->name;
  if (processes_of_file(plot, process->file) == 1)
    return process->file;
  return plot_text(plot->scratch, "%s: %s", process->file, process->name);
}

static const char *curve_label(const struct plot *plot,
                               const struct plot_curve *curve) {
  static const char *const metrics[] = {
#define METRIC_TEXT(ID, TEXT, MEANING) TEXT,
      PLOT_METRICS(METRIC_TEXT)
#undef METRIC_TEXT
  };
  const char *of = plot->processes[curve->process].label;
  const char *blank = *of ? " " : "";
  if (curve->thread)
    return plot_text(plot->scratch, "%s%slive of thread %u, from its calls", of,
                     blank, curve->thread);
  if (curve->is_from_calls)
    return plot_text(plot->scratch, "%s%slive, from calls", of, blank);
  return plot_text(plot->scratch, "%s%s%s", of, blank, metrics[curve->metric]);
}

static const char *function_label(const struct plot *plot,
                                  const struct plot_function *function) {
  const char *of = plot->processes[function->process].label;
  if (!*of)
    return function->name;
  return plot_text(plot->scratch, "%s (%s)", function->name, of);
}

static bool name_all(struct plot *plot) {
  bool is_named = true;
  for (size_t i = 0; i < plot->process_count; i++) {
    struct plot_process *process = &plot->processes[i];
    process->label = process_label(plot, process);
    if (!process->label)
      return error("out of memory for the plot");
  }
  for (size_t i = 0; i < plot->curve_count; i++) {
    plot->curves[i].label = curve_label(plot, &plot->curves[i]);
    is_named = is_named && plot->curves[i].label;
  }
  for (size_t i = 0; i < plot->function_count; i++) {
    plot->functions[i].label = function_label(plot, &plot->functions[i]);
    is_named = is_named && plot->functions[i].label;
  }
  return is_named || error("out of memory for the plot");
}

/* ---- Order ---- */

/* So many can be told apart by colour. Of more processes those that took most
 * come first: a legend ends somewhere. */
enum { ORDERED_MOST = 7 };

static int compare_curves(const void *a, const void *b) {
  const struct plot_curve *left = a, *right = b;
  if (left->max != right->max)
    return left->max > right->max ? -1 : 1;
  if (left->process != right->process)
    return left->process < right->process ? -1 : 1;
  return (left->metric > right->metric) - (left->metric < right->metric);
}

static void order(struct plot *plot) {
  unsigned colours = 0;
  if (plot->process_count > ORDERED_MOST && plot->curve_count)
    qsort(plot->curves, plot->curve_count, sizeof *plot->curves,
          compare_curves);
  for (size_t i = 0; i < plot->curve_count; i++) {
    struct plot_process *process = &plot->processes[plot->curves[i].process];
    if (!process->is_coloured)
      process->colour = colours++;
    process->is_coloured = true;
  }
}

/* ---- All of it ---- */

bool plot_read(struct plot *plot, const struct plot_request *request,
               char **paths, size_t count, struct scratch *scratch) {
  *plot = (struct plot){.request = *request, .scratch = scratch};
  if (!plot->request.metrics)
    plot->request.metrics = 1u << PLOT_rss | 1u << PLOT_live;
  for (size_t i = 0; i < count; i++)
    if (!plot_read_file(plot, paths[i]))
      return false;
  align(plot);
  if (!request->metrics && plot->process_count > 1)
    drop_live(plot);
  if (!cut(plot))
    return false;
  order(plot);
  return name_all(plot);
}

bool plot_is_empty(const struct plot *plot) {
  return plot->curve_count == 0 && plot->function_count == 0;
}
