/* export_massif.c - snapshots as massif writes them: the curve, in it the peak
 * with what was live then, at the end what was kept.
 *
 * Without a curve the time of the peak is unknown: it stands half-way.
 * https://valgrind.org/docs/manual/ms-manual.html */
#include "export.h"
#include <inttypes.h>
#include <stdlib.h>

enum {
  SNAPSHOTS_MAX = 100, /* of the curve: massif's own default */
  DEPTH_MAX = 100,     /* of a tree: what is called deeper is summed up */
  NS_PER_MS = 1000000,
};

struct writer {
  const struct export *export;
  struct samples samples;
  FILE *out;
  unsigned snapshots; /* so far */
  uint64_t latest_ms; /* of the last one */
};

static uint64_t sum(const struct sample *samples, size_t count,
                    enum export_metric metric) {
  uint64_t total = 0;
  for (size_t i = 0; i < count; i++)
    total += samples[i].values[metric];
  return total;
}

/* ---- Trees: below each place its callers, largest first ---- */

struct branch {
  size_t first, count; /* its samples */
  uint64_t bytes;
};

static int by_bytes(const void *a, const void *b) {
  const struct branch *left = a, *right = b;
  if (left->bytes != right->bytes)
    return left->bytes < right->bytes ? 1 : -1;
  return (left->first > right->first) - (left->first < right->first);
}

/* The samples from `first` on that have the same place at this depth. */
static size_t run_of(const struct sample *samples, size_t first, size_t end,
                     size_t depth) {
  size_t last = first + 1;
  while (last < end &&
         samples[last].places[depth] == samples[first].places[depth])
    last++;
  return last - first;
}

/* NULL after error(). Samples that end above this depth have no branch. */
static struct branch *branches_of(const struct writer *writer,
                                  const struct branch *trunk, size_t depth,
                                  enum export_metric metric, size_t *count) {
  const struct sample *samples = writer->samples.list;
  size_t end = trunk->first + trunk->count, first = trunk->first;
  struct branch *list = scratch_alloc(writer->export->subject->scratch,
                                      trunk->count, sizeof *list);
  *count = 0;
  if (!list)
    export_no_memory(writer->export);
  while (list && depth < DEPTH_MAX && first < end) {
    if (samples[first].depth <= depth) { /* sorted: it is the first */
      first++;
      continue;
    }
    size_t length = run_of(samples, first, end, depth);
    uint64_t bytes = sum(samples + first, length, metric);
    if (bytes)
      list[(*count)++] = (struct branch){first, length, bytes};
    first += length;
  }
  if (list)
    qsort(list, *count, sizeof *list, by_bytes);
  return list;
}

static bool print_branch(struct writer *writer, const struct branch *branch,
                         size_t depth, enum export_metric metric) {
  size_t count;
  struct branch *list = branches_of(writer, branch, depth, metric, &count);
  if (!list)
    return false;
  fprintf(writer->out, "%*sn%zu: %" PRIu64 " ", (int)depth, "", count,
          branch->bytes);
  if (depth) {
    size_t number = writer->samples.list[branch->first].places[depth - 1];
    fprintf(writer->out, "0x%zX: ", number + 1);
    print_place(writer->export, place_of_number(writer->export, number),
                writer->out);
    putc('\n', writer->out);
  } else {
    fputs("(heap allocation functions) malloc/new/new[], --alloc-fns, etc.\n",
          writer->out);
  }
  for (size_t i = 0; i < count; i++)
    if (!print_branch(writer, &list[i], depth + 1, metric))
      return false;
  return true;
}

/* ---- Snapshots ---- */

static void print_snapshot(struct writer *writer, uint64_t ms, uint64_t bytes,
                           const char *tree) {
  writer->latest_ms = ms;
  fprintf(writer->out,
          "#-----------\nsnapshot=%u\n#-----------\ntime=%" PRIu64
          "\nmem_heap_B=%" PRIu64
          "\nmem_heap_extra_B=0\nmem_stacks_B=0\nheap_tree=%s\n",
          writer->snapshots++, ms, bytes, tree);
}

static bool print_tree(struct writer *writer, uint64_t ms,
                       enum export_metric metric, const char *tree) {
  struct branch all = {
      0, writer->samples.count,
      sum(writer->samples.list, writer->samples.count, metric)};
  print_snapshot(writer, ms, all.bytes, tree);
  return print_branch(writer, &all, 0, metric);
}

/* When the process woke, or sampling began. */
static uint64_t start_of(const struct writer *writer,
                         const struct curve *curve) {
  const struct memprof_header *header = writer->export->subject->report.header;
  uint64_t first = curve->points[0].at_ns;
  bool is_known = header->started_ticks && !header->merged;
  return is_known && header->started_ticks < first ? header->started_ticks
                                                   : first;
}

/* Of each stretch of the curve its largest point; of all of it the peak. */
static bool print_curve(struct writer *writer, const struct curve *curve) {
  const struct curve_point *points = curve->points;
  uint64_t start = start_of(writer, curve);
  size_t peak = 0, stretch = curve->count / SNAPSHOTS_MAX + 1;
  for (size_t i = 0; i < curve->count; i++)
    if (points[i].live > points[peak].live)
      peak = i;
  for (size_t i = 0; i < curve->count; i += stretch) {
    size_t largest = i;
    for (size_t k = i; k < curve->count && k < i + stretch; k++)
      if (points[k].live > points[largest].live)
        largest = k;
    uint64_t ms = (points[largest].at_ns - start) / NS_PER_MS;
    int64_t live = points[largest].live;
    if (largest != peak)
      print_snapshot(writer, ms, live < 0 ? 0 : (uint64_t)live, "empty");
    else if (!print_tree(writer, ms, METRIC_at_peak, "peak"))
      return false;
  }
  return true;
}

static bool print_snapshots(struct writer *writer) {
  struct curve curve;
  uint64_t end_ms = export_lasted_ns(writer->export) / NS_PER_MS;
  if (!samples_collect(&writer->samples, writer->export) ||
      !curve_collect(&curve, writer->export))
    return false;
  print_snapshot(writer, 0, 0, "empty");
  if (curve.count ? !print_curve(writer, &curve)
                  : !print_tree(writer, end_ms / 2, METRIC_at_peak, "peak"))
    return false;
  if (end_ms < writer->latest_ms)
    end_ms = writer->latest_ms;
  return print_tree(writer, end_ms ? end_ms : 1, METRIC_kept, "detailed");
}

bool export_massif(const struct export *export, FILE *out) {
  const char *command = export_command(export);
  struct writer writer = {.export = export, .out = out};
  if (!command)
    return false;
  fprintf(out, "desc: memprof " MEMPROF_VERSION "\ncmd: %s\ntime_unit: ms\n",
          command);
  return print_snapshots(&writer);
}
