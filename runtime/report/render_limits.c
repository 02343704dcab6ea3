/* render_limits.c - how the limits did, at the end of the text report.
 *
 *     broken parse peak 1048577 B / 1 MiB, 1 B too much: in call 3; 2 of 10
 *         calls broke it; set by the mark, parse.c:12
 *         parse.c:14  1048577 B  char *copy = malloc(n);
 *         to allow it: MEMPROF_LIMIT("peak=1048577B")
 *     ok parse allocs 5 / 3..10
 *
 * (each limit on one line). Values are exact, for one byte decides.
 */
#include "../common/limit.h"
#include "limit_rows.h"
#include "source.h"
#include <stdio.h>
#include <string.h>

/* ---- The lines that had most of it ---- */

enum { TOP_LINES = 3 };

struct top_line {
  const struct function_rows *function;
  const struct row *row;
  uint64_t value;
};

static uint64_t row_value(const struct row *row, unsigned metric) {
  switch (metric) {
  case MEMPROF_CALL_allocs:
    return row->allocs;
  case MEMPROF_CALL_frees:
    return row->frees;
  case MEMPROF_CALL_bytes:
    return row->bytes;
  case MEMPROF_CALL_peak:
    return row->peak;
  case LIMIT_PROCESS_PEAK:
    return row->own_at_peak;
  default:
    return row->kept;
  }
}

static void top_add(struct top_line top[TOP_LINES], struct top_line line) {
  for (unsigned i = 0; i < TOP_LINES; i++)
    if (line.value > top[i].value) {
      struct top_line pushed = top[i];
      top[i] = line;
      line = pushed;
    }
}

static void print_top(const struct report *report, const struct limit_row *row,
                      struct source_cache *cache, struct sink *sink) {
  struct top_line top[TOP_LINES] = {0};
  unsigned metric = row->sum.metric;
  for (size_t i = 0; i < report->function_count; i++) {
    const struct function_rows *function = &report->functions[i];
    if (row->group != LIMIT_OF_PROCESS && function->group != row->group)
      continue;
    for (size_t k = 0; k < function->row_count; k++)
      top_add(top, (struct top_line){function, &function->rows[k],
                                     row_value(&function->rows[k], metric)});
  }
  for (unsigned i = 0; i < TOP_LINES && top[i].value; i++) {
    char value[40];
    size_t length = 0;
    if (!top[i].function->file_count)
      continue;
    const struct source_file *file = &top[i].function->files[top[i].row->file];
    const struct source *source = source_find(cache, file);
    const char *text = source && source->text
                           ? source_line(source, top[i].row->line, &length)
                           : NULL;
    limit_value_text(value, sizeof value, metric, top[i].value);
    sink_text(sink, "    ");
    sink_name(sink, file->name);
    sink_printf(sink, ":%u  %s", top[i].row->line, value);
    while (text && length && (*text == ' ' || *text == '\t')) {
      text++;
      length--;
    }
    if (text && length) {
      sink_text(sink, "  ");
      sink_printable(sink, text, length);
    }
    sink_text(sink, "\n");
  }
}

/* ---- One limit ---- */

static void print_who(const struct limit_row *row, const char *state,
                      struct sink *sink) {
  sink_printf(sink, "%s ", state);
  if (row->name) {
    sink_name(sink, row->name);
    sink_text(sink, " ");
  }
  sink_text(sink, limit_metric_name(row->sum.metric));
  sink_text(sink, " ");
}

static const char *origin_text(unsigned origin) {
#define ORIGIN(KIND, NUMBER, TEXT)                                             \
  if (origin == NUMBER)                                                        \
    return TEXT;
  MEMPROF_LIMIT_ORIGINS(ORIGIN)
#undef ORIGIN
  return "an unknown origin";
}

static void print_origin(const struct limit_row *row, struct sink *sink) {
  sink_printf(sink, "; set by %s", origin_text(row->sum.origin));
  if (row->where) {
    sink_text(sink, ", ");
    sink_name(sink, row->where);
  }
}

/* The limit as it would have to be, where it stands or better stood. */
static void print_allowing(const struct limit_row *row, struct sink *sink) {
  const struct memprof_limit *sum = &row->sum;
  const char *metric = limit_metric_name(sum->metric);
  char range[96], *to = range;
  const struct limit limit = {
      sum->metric, sum->worst < sum->floor ? sum->worst : sum->floor,
      sum->worst > sum->ceiling ? sum->worst : sum->ceiling};
  limit_range_text(range, sizeof range, &limit);
  for (const char *from = range; *from; from++)
    if (*from != ' ') /* as one writes it */
      *to++ = *from;
  *to = '\0';
  sink_text(sink, "    to allow it: ");
  if (sum->origin == MEMPROF_LIMIT_MARK) {
    sink_printf(sink, "MEMPROF_LIMIT(\"%s=%s\")\n", metric, range);
  } else if (sum->origin == MEMPROF_LIMIT_CODE) {
    sink_text(sink, "memprof_limit_set(\"");
    sink_name(sink, row->name ? row->name : "");
    sink_printf(sink, "\", \"%s=%s\")\n", metric, range);
  } else {
    sink_text(sink, "[limits");
    if (row->name) {
      sink_text(sink, " ");
      sink_name(sink, row->name);
    }
    sink_printf(sink, "] %s = %s\n", metric, range);
  }
}

static void print_test(const struct report *report, const struct limit_row *row,
                       struct sink *sink) {
  const struct profile *profile = report->profile;
  size_t node =
      row->sum.test ? profile_node(profile, row->sum.test) : PROFILE_NONE;
  if (node == PROFILE_NONE || !profile->nodes[node]->function)
    return;
  const struct memprof_abi_record *record = memprof_function_record(
      profile->functions[profile->nodes[node]->function - 1]);
  sink_text(sink, " of test ");
  sink_name(sink, (const char *)record + record->name);
}

static bool is_never_called(const struct limit_row *row) {
  return row->sum.metric < MEMPROF_CALL_METRIC_COUNT && !row->sum.worst_call;
}

static void print_calls(const struct report *report,
                        const struct limit_row *row, struct sink *sink) {
  const struct memprof_limit *sum = &row->sum;
  if (!sum->worst_call)
    return;
  sink_printf(sink, ": in call %llu", (unsigned long long)sum->worst_call);
  print_test(report, row, sink);
  sink_printf(sink, "; %llu of %llu call%s broke it",
              (unsigned long long)sum->violations,
              (unsigned long long)sum->checks, sum->checks == 1 ? "" : "s");
}

static void print_broken(const struct report *report,
                         const struct limit_row *row,
                         struct source_cache *cache, struct sink *sink) {
  const struct memprof_limit *sum = &row->sum;
  const struct limit limit = {sum->metric, sum->floor, sum->ceiling};
  char value[40], range[96], excess[40];
  limit_range_text(range, sizeof range, &limit);
  print_who(row, "broken", sink);
  if (is_never_called(row)) {
    const char *reason = row->function ? row->function->reason : NULL;
    sink_printf(sink, "%s / %s", reason ? "not measured" : "never called",
                range);
    if (reason) {
      sink_text(sink, ", ");
      sink_name(sink, reason);
    }
    print_origin(row, sink);
    sink_text(sink, "\n");
    return;
  }
  limit_value_text(value, sizeof value, sum->metric, sum->worst);
  limit_value_text(excess, sizeof excess, sum->metric,
                   memprof_limit_excess(sum, sum->worst));
  sink_printf(sink, "%s / %s, %s too %s", value, range, excess,
              sum->worst < sum->floor ? "little" : "much");
  print_calls(report, row, sink);
  print_origin(row, sink);
  sink_text(sink, "\n");
  print_top(report, row, cache, sink);
  print_allowing(row, sink);
}

static void print_kept(const struct limit_row *row, struct sink *sink) {
  const struct memprof_limit *sum = &row->sum;
  const struct limit limit = {sum->metric, sum->floor, sum->ceiling};
  char value[40], range[96];
  limit_range_text(range, sizeof range, &limit);
  if (!sum->checks) {
    print_who(row, "unchecked", sink);
    sink_printf(sink, "never called / %s\n", range);
    return;
  }
  limit_value_text(value, sizeof value, sum->metric, sum->worst);
  print_who(row, "ok", sink);
  sink_printf(sink, "%s / %s", value, range);
  if (sum->ceiling && sum->ceiling != UINT64_MAX)
    sink_printf(sink, " (%u%%)",
                (unsigned)((double)sum->worst / (double)sum->ceiling * 100));
  sink_text(sink, "\n");
}

void render_limits(const struct report *report,
                   const struct report_style *style, struct scratch *scratch,
                   struct sink *sink) {
  struct source_cache cache = {.scratch = scratch, .root = style->source_root};
  struct limit_rows all;
  size_t broken = 0;
  if (!report->profile || !report->profile->limit_count)
    return;
  if (!limit_rows_collect(&all, report, scratch)) {
    sink_text(sink, "memprof: no memory for the limits\n");
    return;
  }
  for (size_t i = 0; i < all.count; i++)
    broken += all.rows[i]->sum.violations != 0;
  if (!broken && !style->show_limits)
    return;
  sink_printf(sink, "limits: %zu broken, %zu not\n", broken,
              all.count - broken);
  for (size_t i = 0; i < all.count; i++)
    if (all.rows[i]->sum.violations)
      print_broken(report, all.rows[i], &cache, sink);
    else if (style->show_limits)
      print_kept(all.rows[i], sink);
  sink_text(sink, "\n");
}
