/* render_text.c - the text report: memory_profiler's table layout, with what
 * could not be measured around it.
 *
 *     memprof: process peak 1.250 MiB (live blocks of marked functions)
 *
 *     Filename: src/parse.c
 *     Function: parse (3 calls, 1024 allocations, peak 1.250 MiB, kept ...)
 *
 *     Line #    Mem usage    Increment  Occurrences   Line Contents
 *     =============================================================
 *         12    0.000 MiB    0.000 MiB           3   struct doc *parse(...)
 */
#include "table.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void print_counter(struct sink *sink, uint64_t count, const char *one,
                          const char *many, const char *rest) {
  if (count)
    sink_printf(sink, "memprof: %llu %s%s\n", (unsigned long long)count,
                count == 1 ? one : many, rest);
}

/* The process's figures, and what the tables do not hold. */
static void print_head(const struct table_style *style,
                       const struct report *report, struct sink *sink) {
  const struct memprof_header *header = report->header;
  char peak[64];
  table_size(style, peak, sizeof peak,
             __atomic_load_n(&header->peak, __ATOMIC_RELAXED));
  sink_printf(sink, "memprof: process peak %s (live blocks of %s)\n", peak,
              header->scope_process ? "the process" : "marked functions");
  if (header->merged)
    sink_printf(sink,
                "memprof: %u profile%s added up, the peak is the largest\n",
                header->merged, header->merged == 1 ? "" : "s");
}

static void print_losses(const struct report *report, struct sink *sink) {
  const struct memprof_header *header = report->header;
  if (report->cut_off)
    sink_text(sink, "memprof: the profile is cut off, this is the part of it "
                    "that is whole\n");
  print_counter(sink, header->unseen_releases, "release was", "releases were",
                " not seen: memory came back without passing us");
  print_counter(sink, header->dropped_frames, "call was", "calls were",
                " not measured: no room for a frame");
  print_counter(sink, header->dropped_events, "event was", "events were",
                " not charged: its call went on in another thread, or had no "
                "frame");
  print_counter(sink, header->dropped_contexts, "calling context was",
                "calling contexts were",
                " folded: the callers' lines lack what happened there");
  print_counter(sink, header->dropped_lines, "event is", "events are",
                " missing from the lines: no room for a counter");
  print_counter(sink, header->dropped_threads, "thread was", "threads were",
                " not measured: no room");
  print_counter(sink, header->dropped_functions, "marked function was",
                "marked functions were",
                " not registered: no room, or compiled by another version of "
                "the pass");
}

/* ---- The order of the tables ---- */

static int by_place(const void *a, const void *b) {
  const struct function_rows *left = *(const struct function_rows *const *)a;
  const struct function_rows *right = *(const struct function_rows *const *)b;
  return (left > right) - (left < right);
}

static int by_name(const void *a, const void *b) {
  const struct function_rows *left = *(const struct function_rows *const *)a;
  const struct function_rows *right = *(const struct function_rows *const *)b;
  int order = strcmp(left->name, right->name);
  if (!order)
    order = strcmp(left->signature, right->signature);
  return order ? order : by_place(a, b);
}

#define DEFINE_LARGEST_FIRST(NAME, VALUE)                                      \
  static int by_##NAME(const void *a, const void *b) {                         \
    uint64_t left = (*(const struct function_rows *const *)a)->VALUE;          \
    uint64_t right = (*(const struct function_rows *const *)b)->VALUE;         \
    return left == right ? by_place(a, b) : left < right ? 1 : -1;             \
  }
DEFINE_LARGEST_FIRST(calls, calls)
DEFINE_LARGEST_FIRST(allocs, allocs)
DEFINE_LARGEST_FIRST(bytes, bytes)
DEFINE_LARGEST_FIRST(peak, per_call[MEMPROF_CALL_peak].max)
DEFINE_LARGEST_FIRST(kept, kept)

/* In the order of the option's values. */
static int (*const orders[])(const void *, const void *) = {
    by_place, by_name, by_calls, by_allocs, by_bytes, by_peak, by_kept};

bool report_is_measured(const struct report *report) {
  const struct row *outside = &report->outside;
  for (size_t i = 0; i < report->function_count; i++)
    if (function_is_measured(&report->functions[i]))
      return true;
  return report->header->scope_process && (outside->allocs || outside->frees ||
                                           outside->maps || outside->unmaps);
}

/* Overloads share a name; then the signature tells them apart. `sorted` is by
 * name, with the threads of a function side by side. */
static void find_overloads(const struct function_rows **sorted, size_t count,
                           const struct function_rows *first,
                           bool *is_overloaded) {
  for (size_t begin = 0, end; begin < count; begin = end) {
    const char *name = sorted[begin]->name;
    for (end = begin + 1; end < count && sorted[end]->name == name;)
      end++;
    bool is = (begin > 0 && !strcmp(sorted[begin - 1]->name, name)) ||
              (end < count && !strcmp(sorted[end]->name, name));
    for (size_t i = begin; i < end; i++)
      is_overloaded[sorted[i] - first] = is;
  }
}

/* ---- The tables ---- */

static void print_tables(const struct table_style *style,
                         const struct report *report,
                         const struct report_style *options,
                         struct scratch *scratch, struct sink *sink) {
  const struct function_rows **list =
      scratch_alloc(scratch, report->function_count, sizeof *list);
  bool *is_overloaded =
      scratch_alloc(scratch, report->function_count, sizeof *is_overloaded);
  struct source_cache cache = {.scratch = scratch,
                               .root = options->source_root};
  size_t count = 0;
  if (!list || !is_overloaded) {
    sink_text(sink, "memprof: no memory for the tables\n");
    return;
  }
  for (size_t i = 0; i < report->function_count; i++)
    if (function_is_measured(&report->functions[i]))
      list[count++] = &report->functions[i];
  heap_sort(list, count, sizeof *list, by_name);
  find_overloads(list, count, report->functions, is_overloaded);
  unsigned order = options->sort;
  heap_sort(list, count, sizeof *list,
            order < sizeof orders / sizeof *orders ? orders[order] : by_place);
  size_t shown = options->top && options->top < count ? options->top : count;
  for (size_t i = 0; i < shown; i++)
    table_print(style, list[i],
                is_overloaded[list[i] - report->functions] ? list[i]->signature
                                                           : list[i]->name,
                &cache, sink);
  if (shown < count)
    sink_printf(sink, "%zu more %s%s measured, not shown: top=%u\n\n",
                count - shown, report->by_thread ? "table" : "function",
                count - shown == 1 ? " was" : "s were", options->top);
}

/* ---- Tests ---- */

/* "    suite.name (1 run, 3 allocations, peak 24 B, kept 0 B at its end)" */
static void print_test(const struct table_style *style,
                       const struct function_rows *test, struct sink *sink) {
  char peak[64], kept[64];
  table_size(style, peak, sizeof peak, test->per_call[MEMPROF_CALL_peak].max);
  table_size(style, kept, sizeof kept, test->per_call[MEMPROF_CALL_kept].max);
  sink_text(sink, "    ");
  sink_name(sink, test->name);
  sink_printf(sink,
              " (%llu run%s, %llu allocation%s, peak %s, kept %s at its end)\n",
              (unsigned long long)test->calls, test->calls == 1 ? "" : "s",
              (unsigned long long)test->allocs, test->allocs == 1 ? "" : "s",
              peak, kept);
}

static void print_tests(const struct table_style *style,
                        const struct report *report, unsigned top,
                        struct sink *sink) {
  size_t count = 0, shown = top ? top : SIZE_MAX;
  for (size_t i = 0; i < report->function_count; i++) {
    const struct function_rows *test = &report->functions[i];
    if (!function_is_test(test) || !test->calls)
      continue;
    if (count == 0)
      sink_text(sink, "tests:\n");
    if (count++ < shown)
      print_test(style, test, sink);
  }
  if (count > shown)
    sink_printf(sink, "    and %zu more, not shown: top=%u\n", count - shown,
                top);
  if (count)
    sink_text(sink, "\n");
}

/* ---- What has no table ---- */

enum { LISTED = 20 }; /* names in a list before it becomes a count */

static void print_place(const struct function_rows *function,
                        struct sink *sink) {
  sink_text(sink, "    ");
  sink_name(sink, function->signature);
  if (!function->file_count)
    return;
  sink_text(sink, " (");
  sink_name(sink, function->files[function->rows->file].name);
  sink_printf(sink, ":%u)", function->rows->line);
}

static bool is_left_out(const struct function_rows *function) {
  return function->reason && !function_is_measured(function);
}

static bool is_not_executed(const struct function_rows *function) {
  return function_is_marked(function) && !function->reason &&
         function->selected && !function_is_measured(function);
}

static void print_list(const struct report *report, const char *heading,
                       bool (*is_in)(const struct function_rows *),
                       struct sink *sink) {
  size_t count = 0;
  for (size_t i = 0; i < report->function_count; i++) {
    const struct function_rows *function = &report->functions[i];
    if (!is_in(function))
      continue;
    if (count == 0)
      sink_printf(sink, "%s:\n", heading);
    if (++count > LISTED)
      continue;
    print_place(function, sink);
    if (function->reason) {
      sink_text(sink, ": ");
      sink_name(sink, function->reason);
    }
    sink_text(sink, "\n");
  }
  if (count > LISTED)
    sink_printf(sink, "    and %zu more\n", count - LISTED);
  if (count)
    sink_text(sink, "\n");
}

/* "none of the 3 marked functions was called", and how one says it of one. */
static void print_of_marked(struct sink *sink, size_t count, const char *kind,
                            const char *one, const char *none) {
  if (count == 1)
    sink_printf(sink, "the one %s function %s", kind, one);
  else
    sink_printf(sink, "none of the %zu %s functions %s", count, kind, none);
}

/* Why there is not a single table. */
static void print_nothing(const struct report *report, struct sink *sink) {
  size_t marked = 0, measurable = 0, selected = 0;
  for (size_t i = 0; i < report->function_count; i++) {
    if (!function_is_marked(&report->functions[i]))
      continue;
    marked++;
    measurable += !report->functions[i].reason;
    selected += !report->functions[i].reason && report->functions[i].selected;
  }
  sink_text(sink, "memprof: nothing was measured: ");
  if (marked == 0)
    sink_text(sink, "no marked functions in the program, or it was compiled "
                    "without the pass");
  else if (measurable == 0)
    print_of_marked(sink, marked, "marked", "could not be instrumented",
                    "could be instrumented");
  else if (selected == 0)
    print_of_marked(sink, measurable, "marked",
                    "is not selected by the option 'functions'",
                    "is selected by the option 'functions'");
  else
    print_of_marked(sink, selected,
                    selected < measurable ? "selected" : "marked",
                    "was not called", "was called");
  sink_text(sink, "\n");
}

void render_text(const struct report *report, const struct report_style *style,
                 struct scratch *scratch, struct sink *sink) {
  struct table_style table = {.unit = style->unit,
                              .precision = style->precision,
                              .is_brief = style->is_brief};
  char error[512];
  if (!columns_parse(style->columns, report->has_mappings, &table.picks, error,
                     sizeof error)) {
    sink_text(sink, "memprof: ");
    sink_name(sink, error);
    sink_text(sink, "\n");
  }
  bool has_tables = false;
  for (size_t i = 0; i < report->function_count; i++)
    has_tables |= function_is_measured(&report->functions[i]);
  if (has_tables || report->header->scope_process)
    print_head(&table, report, sink);
  if (!has_tables)
    print_nothing(report, sink);
  print_losses(report, sink);
  sink_text(sink, "\n");
  print_tables(&table, report, style, scratch, sink);
  if (report->header->scope_process)
    table_print_outside(&table, &report->outside, sink);
  print_tests(&table, report, style->top, sink);
  print_list(report, "not executed", is_not_executed, sink);
  print_list(report, "left out of instrumentation", is_left_out, sink);
  render_limits(report, style, scratch, sink);
}
