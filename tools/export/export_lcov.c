/* export_lcov.c - lcov's tracefile: a number beside each line of the marked
 * functions, as in our tables, callees included.
 *
 * The format: geninfo(1), "FILES". */
#include "export.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct entry {
  const char *path;
  unsigned line;
  uint64_t value;
  const char *name; /* a function that is defined here; NULL: just a line */
};

struct entries {
  struct entry *list;
  size_t count;
};

static uint64_t row_value(const struct row *row, enum export_metric metric) {
  const uint64_t values[] = {
#define VALUE(NAME, ADDS, TYPE, PPROF) [METRIC_##NAME] = row->NAME,
      EXPORT_METRICS(VALUE)
#undef VALUE
  };
  return values[metric];
}

static int compare(const void *a, const void *b) {
  const struct entry *left = a, *right = b;
  int paths = strcmp(left->path, right->path);
  if (paths)
    return paths;
  if (!left->name != !right->name)
    return left->name ? -1 : 1; /* functions come before lines */
  if (left->line != right->line)
    return left->line < right->line ? -1 : 1;
  return left->name ? strcmp(left->name, right->name) : 0;
}

static bool is_same(const struct entry *a, const struct entry *b) {
  return compare(a, b) == 0;
}

static void take(struct entries *entries, const struct export *export,
                 uint32_t f) {
  const struct function_rows *function = &export->subject->report.functions[f];
  if (!function->file_count || function->reason)
    return; /* without -g, or left out of instrumentation */
  for (uint32_t r = 0; r < function->row_count; r++) {
    struct place place = {f, r};
    struct entry *entry = &entries->list[entries->count++];
    *entry =
        (struct entry){place_path(export, place), place_line(export, place),
                       row_value(&function->rows[r], export->metric), NULL};
    if (r == 0) {
      entries->list[entries->count++] = (struct entry){
          entry->path, entry->line, function->calls, place_name(export, place)};
    }
  }
}

/* Copies of a template have lines in common. */
static void join_equal(struct entries *entries, bool adds_up) {
  size_t count = 0;
  qsort(entries->list, entries->count, sizeof *entries->list, compare);
  for (size_t i = 0; i < entries->count; i++) {
    const struct entry *entry = &entries->list[i];
    struct entry *last = count ? &entries->list[count - 1] : NULL;
    if (!last || !is_same(last, entry))
      entries->list[count++] = *entry;
    else if (adds_up || entry->name)
      last->value += entry->value;
    else if (entry->value > last->value)
      last->value = entry->value;
  }
  entries->count = count;
}

/* The entries of one file, which begin at `entry`; returns how many. */
static size_t print_file(const struct entry *entry, const struct entry *end,
                         FILE *out) {
  const struct entry *first = entry;
  size_t found = 0, hit = 0;
  fprintf(out, "TN:\nSF:%s\n", first->path);
  for (; entry < end && entry->name && !strcmp(entry->path, first->path);
       entry++) {
    fprintf(out, "FN:%u,%s\nFNDA:%" PRIu64 ",%s\n", entry->line, entry->name,
            entry->value, entry->name);
    found++;
    hit += entry->value > 0;
  }
  fprintf(out, "FNF:%zu\nFNH:%zu\n", found, hit);
  for (found = hit = 0; entry < end && !strcmp(entry->path, first->path);
       entry++) {
    fprintf(out, "DA:%u,%" PRIu64 "\n", entry->line, entry->value);
    found++;
    hit += entry->value > 0;
  }
  fprintf(out, "LF:%zu\nLH:%zu\nend_of_record\n", found, hit);
  return (size_t)(entry - first);
}

bool export_lcov(const struct export *export, FILE *out) {
  const struct report *report = &export->subject->report;
  struct entries entries = {
      .list = scratch_alloc(export->subject->scratch,
                            export->place_count + report->function_count,
                            sizeof *entries.list)};
  if (!entries.list)
    return export_no_memory(export);
  for (uint32_t f = 0; f < report->function_count; f++)
    if (export_is_wanted(export, f))
      take(&entries, export, f);
  join_equal(&entries, export->metric == METRIC_occurrences ||
                           metrics[export->metric].adds_up);
  for (size_t i = 0; i < entries.count;)
    i += print_file(&entries.list[i], entries.list + entries.count, out);
  return true;
}
