/* render_views.c - sizes, peak and metadata of a profile as text. */
#define _GNU_SOURCE
#include "render_views.h"
#include "report/sort.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static void print_place(const struct function_rows *function,
                        const struct row *row, struct sink *sink) {
  sink_name(sink,
            function->file_count ? function->files[row->file].name : "(no -g)");
  if (function->file_count)
    sink_printf(sink, ":%u", row->line);
}

/* ---- Sizes ---- */

enum { BAR = 40 };

static uint64_t largest(const uint64_t *counts) {
  uint64_t most = 0;
  for (unsigned k = 0; k < MEMPROF_SIZE_CLASSES; k++)
    if (counts[k] > most)
      most = counts[k];
  return most;
}

/* Class k: sizes of k binary digits. The number in a unit that keeps it short:
 * limits of classes are powers of two. */
static void edge_text(char *out, size_t capacity, unsigned k) {
  static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  unsigned power = k ? k - 1 : 0;
  snprintf(out, capacity, "%u %s", k ? 1u << power % 10 : 0, units[power / 10]);
}

static void print_class(unsigned k, uint64_t count, uint64_t most,
                        struct sink *sink) {
  char from[16], below[16] = "";
  static const char bar[BAR + 1] = "########################################";
  edge_text(from, sizeof from, k);
  if (k > 1 && k + 1 < MEMPROF_SIZE_CLASSES)
    edge_text(below, sizeof below, k + 1);
  int filled = (int)((double)count / (double)most * BAR + 0.5);
  sink_printf(sink, "  %8s %s %-8s %12" PRIu64 "  %.*s\n", from,
              *below  ? ".. <"
              : k > 1 ? "..  "
                      : "    ",
              below, count, filled ? filled : 1, bar);
}

void render_sizes(const struct report *report, struct sink *sink) {
  for (size_t i = 0; i < report->function_count; i++) {
    const struct function_rows *function = &report->functions[i];
    uint64_t most = largest(function->sizes);
    if (!most)
      continue;
    print_place(function, &function->rows[0], sink);
    sink_text(sink, ": ");
    sink_name(sink, function->signature);
    sink_text(sink, "\n");
    for (unsigned k = 0; k < MEMPROF_SIZE_CLASSES; k++)
      if (function->sizes[k])
        print_class(k, function->sizes[k], most, sink);
    sink_text(sink, "\n");
  }
}

/* ---- Peak ---- */

struct owner {
  const struct function_rows *function; /* NULL: outside marked functions */
  const struct row *row;
};

static int compare_owners(const void *a, const void *b) {
  const struct owner *left = a, *right = b;
  if (left->row->own_at_peak != right->row->own_at_peak)
    return left->row->own_at_peak < right->row->own_at_peak ? 1 : -1;
  return (left->row > right->row) - (left->row < right->row);
}

static size_t list_owners(const struct report *report, struct owner *owners) {
  size_t count = 0;
  for (size_t i = 0; i < report->function_count; i++) {
    const struct function_rows *function = &report->functions[i];
    for (size_t r = 0; r < function->row_count; r++)
      if (function->rows[r].own_at_peak) {
        if (owners)
          owners[count] = (struct owner){function, &function->rows[r]};
        count++;
      }
  }
  if (report->outside.own_at_peak) {
    if (owners)
      owners[count] = (struct owner){NULL, &report->outside};
    count++;
  }
  if (owners)
    heap_sort(owners, count, sizeof *owners, compare_owners);
  return count;
}

static void size_text(char *out, size_t capacity,
                      const struct report_style *style, uint64_t bytes) {
  size_format(out, capacity, bytes > INT64_MAX ? INT64_MAX : (int64_t)bytes,
              style->unit, style->precision);
}

static void print_owner(const struct owner *owner, struct sink *sink) {
  if (!owner->function) {
    sink_text(sink, "(outside marked functions)\n");
    return;
  }
  print_place(owner->function, owner->row, sink);
  sink_text(sink, " (");
  sink_name(sink, owner->function->signature);
  sink_text(sink, ")\n");
}

void render_peak(const struct report *report, const struct report_style *style,
                 struct scratch *scratch, struct sink *sink) {
  char size[64];
  uint64_t peak = report->header->peak;
  size_text(size, sizeof size, style, peak);
  size_t count = list_owners(report, NULL);
  struct owner *owners = scratch_alloc(scratch, count, sizeof *owners);
  if (!owners) {
    sink_text(sink, "memprof: no memory for the list\n");
    return;
  }
  list_owners(report, owners);
  sink_printf(sink,
              "process peak %s: what was live then, by the line that "
              "allocated it\n\n",
              size);
  size_t shown = style->top && style->top < count ? style->top : count;
  for (size_t i = 0; i < shown; i++) {
    uint64_t bytes = owners[i].row->own_at_peak;
    size_text(size, sizeof size, style, bytes);
    sink_printf(sink, "%14s %6.1f%%   ", size,
                peak ? 100 * (double)bytes / (double)peak : 0);
    print_owner(&owners[i], sink);
  }
  if (shown < count)
    sink_printf(sink, "and %zu more line%s, not shown: top=%u\n", count - shown,
                count - shown == 1 ? "" : "s", style->top);
}

/* ---- Metadata ---- */

void time_text(char *out, size_t capacity, uint64_t ns) {
  struct tm utc;
  time_t seconds = (time_t)(ns / 1000000000);
  if (!ns || !gmtime_r(&seconds, &utc) ||
      !strftime(out, capacity, "%Y-%m-%dT%H:%M:%SZ", &utc))
    snprintf(out, capacity, "unknown");
}

static void print_fact(const char *key, const char *text, struct sink *sink) {
  sink_printf(sink, "%-10s ", key);
  sink_name(sink, text);
  sink_text(sink, "\n");
}

static const char *meta_name(uint32_t key) {
  switch (key) {
#define NAME(KEY, NUMBER, HELP)                                                \
  case NUMBER:                                                                 \
    return #KEY;
    MEMPROF_META(NAME)
#undef NAME
  default: /* of a later version */
    return NULL;
  }
}

static void print_process(const struct memprof_header *header,
                          struct sink *sink) {
  char text[128], when[32];
  snprintf(text, sizeof text, "%" PRIu32 ", child of %" PRIu32, header->pid,
           header->parent);
  print_fact("process", text, sink);
  snprintf(text, sizeof text, "%016" PRIx64, header->run);
  print_fact("run", text, sink);
  time_text(when, sizeof when, header->started_ns);
  print_fact("started", when, sink);
  time_text(when, sizeof when, header->ended_ns);
  if (header->end == MEMPROF_END_UNKNOWN)
    snprintf(text, sizeof text, "%s", header->ended_ns ? when : "unknown");
  else
    snprintf(text, sizeof text, "%s, %s %" PRIu32, when,
             header->end == MEMPROF_END_SIGNAL ? "signal" : "exit status",
             header->status);
  print_fact("ended", text, sink);
}

/* "parse.c: clang version 14.0.6, O2, LLVM 14, revision abc" */
static void print_unit(const struct memprof_unit *unit, struct sink *sink) {
  const struct memprof_abi_unit *about = memprof_unit_description(unit);
  const struct {
    const char *before;
    uint32_t text;
  } parts[] = {{"", about->source},
               {": ", about->compiler},
               {", ", about->level},
               {", LLVM ", about->llvm},
               {", revision ", about->revision}};
  sink_printf(sink, "%-10s ", "unit");
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (parts[i].text) {
      sink_text(sink, parts[i].before);
      sink_name(sink, (const char *)about + parts[i].text);
    }
  sink_text(sink, "\n");
}

void render_meta(const struct profile *profile, struct sink *sink) {
  const struct memprof_header *header = profile->header;
  if (!header->merged)
    print_process(header, sink);
  else
    sink_printf(sink, "%-10s %" PRIu32 " profiles\n", "merged", header->merged);
  for (size_t i = 0; i < profile->meta_count; i++) {
    const char *name = meta_name(profile->metas[i]->key);
    if (header->merged && profile->metas[i]->key == MEMPROF_META_source)
      sink_text(sink, "\n");
    if (name)
      print_fact(name, profile->metas[i]->text, sink);
  }
  if (header->merged && profile->unit_count)
    sink_text(sink, "\n");
  for (size_t i = 0; i < profile->unit_count; i++)
    print_unit(profile->units[i], sink);
}
