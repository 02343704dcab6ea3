/* export_curve.c - live bytes over time, of all threads or processes together.
 */
#include "export.h"
#include <stdlib.h>

/* One source's live bytes as they were from some moment on. */
struct change {
  uint64_t at_ns;
  size_t order;    /* as recorded */
  uint32_t source; /* pid of a series, thread of a span */
  int64_t live;    /* first what it is, then by how much it changed */
};

struct changes {
  struct change *list;
  size_t count;
};

static void take(struct changes *changes, uint64_t at_ns, uint32_t source,
                 int64_t live) {
  changes->list[changes->count] =
      (struct change){at_ns, changes->count, source, live};
  changes->count++;
}

static void take_series(struct changes *changes,
                        const struct profile *profile) {
  for (size_t i = 0; i < profile->series_count; i++) {
    const struct memprof_series *series = profile->series[i];
    const struct memprof_sample *samples = (const void *)(series + 1);
    for (uint32_t k = 0; k < series->count; k++)
      if (samples[k].live != MEMPROF_UNKNOWN)
        take(changes, series->started_ticks + samples[k].at_ns, series->pid,
             samples[k].live);
  }
}

/* Each thread's calls tell a curve of its own. */
static bool take_spans(struct changes *changes, const struct export *export,
                       const struct plot_spans *spans) {
  uint64_t start = export->subject->profile->header->started_ticks;
  for (size_t first = 0, end; first < spans->count; first = end) {
    uint32_t thread = spans->spans[first].thread;
    for (end = first + 1;
         end < spans->count && spans->spans[end].thread == thread;)
      end++;
    size_t count;
    const struct plot_point *points = plot_spans_live(
        spans->spans + first, end - first, &count, export->subject->scratch);
    if (!points)
      return export_no_memory(export);
    for (size_t i = 0; i < count; i++)
      take(changes, start + (uint64_t)points[i].at_ns, thread, points[i].bytes);
  }
  return true;
}

static size_t samples_of(const struct profile *profile) {
  size_t count = 0;
  for (size_t i = 0; i < profile->series_count; i++)
    count += profile->series[i]->count;
  return count;
}

static int by_time(const void *a, const void *b) {
  const struct change *left = a, *right = b;
  if (left->at_ns != right->at_ns)
    return left->at_ns < right->at_ns ? -1 : 1;
  return (left->order > right->order) - (left->order < right->order);
}

static int by_source(const void *a, const void *b) {
  const struct change *left = a, *right = b;
  if (left->source != right->source)
    return left->source < right->source ? -1 : 1;
  return by_time(a, b);
}

/* From what each source has to by how much that changes the sum. */
static void make_relative(struct changes *changes) {
  int64_t before = 0;
  qsort(changes->list, changes->count, sizeof *changes->list, by_source);
  for (size_t i = 0; i < changes->count; i++) {
    struct change *change = &changes->list[i];
    bool is_first = !i || changes->list[i - 1].source != change->source;
    int64_t live = change->live;
    change->live =
        (int64_t)((uint64_t)live - (is_first ? 0 : (uint64_t)before));
    before = live;
  }
  qsort(changes->list, changes->count, sizeof *changes->list, by_time);
}

bool curve_collect(struct curve *curve, const struct export *export) {
  enum { POINTS_OF_SPAN = 3 };
  const struct profile *profile = export->subject->profile;
  struct scratch *scratch = export->subject->scratch;
  struct plot_spans spans;
  if (!export_spans(&spans, export))
    return false;
  size_t most = samples_of(profile) + POINTS_OF_SPAN * spans.count;
  struct changes changes = {
      .list = scratch_alloc(scratch, most, sizeof *changes.list)};
  curve->count = 0;
  curve->points = scratch_alloc(scratch, most, sizeof *curve->points);
  if (!changes.list || !curve->points)
    return export_no_memory(export);
  take_series(&changes, profile);
  if (!changes.count && !take_spans(&changes, export, &spans))
    return false;
  make_relative(&changes);
  uint64_t live = 0; /* of hostile numbers: may wrap, and does no harm */
  for (size_t i = 0; i < changes.count; i++) {
    live += (uint64_t)changes.list[i].live;
    curve->points[curve->count++] =
        (struct curve_point){changes.list[i].at_ns, (int64_t)live};
  }
  return true;
}

bool export_spans(struct plot_spans *spans, const struct export *export) {
  return plot_spans_read(spans, export->subject->profile, 0,
                         export->subject->scratch) ||
         export_no_memory(export);
}
