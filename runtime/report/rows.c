/* rows.c - adds a profile up: contexts of all threads to one row per source
 * line of each function.
 *
 * An event stands once in the image, in the LINE record of the innermost
 * function's context. Its context's path says on which line of which other
 * functions it also counts; a function stands on a path at most once, so
 * nothing doubles. The sums of a whole subtree go up one step at a time:
 * parents stand before their children in the image, so one walk from the last
 * context to the first does it.
 */
#include "merge.h"
#include "unfinished.h"

/* What a context's subtree did: the SUM counters, and nothing that does not add
 * up. */
struct sums {
#define SUMS_SUM(FIELD) uint64_t FIELD;
#define SUMS_MAX(FIELD)
#define SUMS_LAST(FIELD)
#define SUMS_FIELD(FIELD, COMBINE) SUMS_##COMBINE(FIELD)
  MEMPROF_LINE_COUNTERS(SUMS_FIELD)
#undef SUMS_FIELD
#undef SUMS_SUM
};

struct addition {
  const struct profile *profile;
  struct report *report;
  struct merge merge;
  struct sums *below; /* [node_count] */
  uint64_t now; /* stamp for what has not happened yet, later than all others */
};

static uint64_t since(uint64_t now, uint64_t then) {
  return now > then ? now - then : 0;
}

/* The row of a line of a context's own function; `outside` for a root. */
static struct row *row_of(struct addition *addition, size_t node,
                          uint32_t line) {
  const struct merge *merge = &addition->merge;
  uint32_t function = addition->profile->nodes[node]->function;
  if (!function)
    return &addition->report->outside;
  return &merge_function(merge, node)
              ->rows->rows[merge->row_of_line[function - 1][line]];
}

static void row_add(struct row *row, const struct sums *sums) {
  row->allocs += sums->allocs;
  row->bytes += sums->bytes;
  row->frees += sums->frees;
  row->freed += sums->freed;
  row->kept += sums->bytes - sums->returned - sums->returned_elsewhere;
  row->temporary += sums->temporary;
  row->at_peak += sums->at_peak;
}

static void row_add_own(struct row *row, const struct sums *sums) {
  row->own_allocs += sums->allocs;
  row->own_bytes += sums->bytes;
  row->own_frees += sums->frees;
  row->own_freed += sums->freed;
  row->own_kept += sums->bytes - sums->returned - sums->returned_elsewhere;
  row->own_at_peak += sums->at_peak;
}

/* The counters that follow one function's own visits. */
static void row_event(struct row *row, uint64_t stamp, uint64_t peak,
                      int64_t mem_usage) {
  if (row->peak < peak)
    row->peak = peak;
  if (!row->has_event || row->stamp <= stamp) {
    row->has_event = true;
    row->stamp = stamp;
    row->mem_usage = mem_usage;
  }
}

static void sums_add(struct sums *to, const struct sums *from) {
#define ADD_SUM(FIELD) to->FIELD += from->FIELD;
#define ADD_FIELD(FIELD, COMBINE) ADD_##COMBINE(FIELD)
#define ADD_MAX(FIELD)
#define ADD_LAST(FIELD)
  MEMPROF_LINE_COUNTERS(ADD_FIELD)
#undef ADD_FIELD
}

/* ---- Own lines, then what the callees add ---- */

static void add_lines(struct addition *addition) {
  const struct profile *profile = addition->profile;
  for (size_t i = 0; i < profile->line_count; i++) {
    struct memprof_line line = *profile->lines[i]; /* others may still write */
    line.at_peak = memprof_line_at_peak(&line, profile->header->peak_epoch);
    size_t node = profile_node(profile, line.node);
    struct sums sums = {0};
#define TAKE_SUM(FIELD) sums.FIELD = line.FIELD;
#define TAKE_FIELD(FIELD, COMBINE) TAKE_##COMBINE(FIELD)
#define TAKE_MAX(FIELD)
#define TAKE_LAST(FIELD)
    MEMPROF_LINE_COUNTERS(TAKE_FIELD)
#undef TAKE_FIELD
    struct row *row = row_of(addition, node, line.line);
    row_add(row, &sums);
    row_add_own(row, &sums);
    if (line.stamp) /* 0: its events were a parent's */
      row_event(row, line.stamp, line.peak, line.mem_usage);
    sums_add(&addition->below[node], &sums);
  }
}

static void add_subtrees(struct addition *addition) {
  const struct profile *profile = addition->profile;
  for (size_t i = profile->node_count; i-- > 0;) {
    const struct memprof_node *node = profile->nodes[i];
    if (!node->parent)
      continue;
    size_t parent = profile_node(profile, node->parent);
    if (!profile->nodes[parent]->function)
      continue; /* not outside: it happened under a marked function */
    row_add(row_of(addition, parent, node->parent_line), &addition->below[i]);
    sums_add(&addition->below[parent], &addition->below[i]);
  }
}

/* A context's blocks count for each function on its path. */
static void add_sizes(struct addition *addition) {
  const struct profile *profile = addition->profile;
  for (size_t i = 0; i < profile->sizes_count; i++) {
    const struct memprof_sizes *sizes = profile->sizes[i];
    size_t node = profile_node(profile, sizes->node);
    while (profile->nodes[node]->function) {
      uint64_t *counts = merge_function(&addition->merge, node)->rows->sizes;
      for (unsigned k = 0; k < MEMPROF_SIZE_CLASSES; k++)
        counts[k] += sizes->counts[k];
      node = profile_node(profile, profile->nodes[node]->parent);
    }
  }
}

/* What a line maps counts on the path to it, as its events do. */
static void add_mappings(struct addition *addition) {
  const struct profile *profile = addition->profile;
  for (size_t i = 0; i < profile->mapping_count; i++) {
    const struct memprof_mapping *mapping = profile->mappings[i];
    size_t node = profile_node(profile, mapping->node);
    uint32_t line = mapping->line;
    do {
      struct row *row = row_of(addition, node, line);
#define ADD(FIELD) row->FIELD += mapping->FIELD;
      MEMPROF_MAPPING_COUNTERS(ADD)
#undef ADD
      if (!profile->nodes[node]->function)
        break;
      line = profile->nodes[node]->parent_line;
      node = profile_node(profile, profile->nodes[node]->parent);
    } while (profile->nodes[node]->function);
  }
}

/* ---- Calls ---- */

static void add_nodes(struct addition *addition) {
  const struct profile *profile = addition->profile;
  for (size_t i = 0; i < profile->node_count; i++) {
    const struct memprof_node *node = profile->nodes[i];
    if (!node->function)
      continue;
    struct merged *merged = merge_function(&addition->merge, i);
    struct function_rows *rows = merged->rows;
    const uint64_t *hits = memprof_node_hits(node);
    for (uint32_t line = 1; line < node->line_count; line++)
      row_of(addition, i, line)->occurrences += hits[line];
    if (!node->calls)
      continue;
    rows->calls += node->calls;
    rows->rows[0].occurrences += node->calls;
    if (!merged->entered || merged->entry_stamp <= node->entry_stamp) {
      merged->entered = true;
      merged->entry_stamp = node->entry_stamp;
      merged->entry_live = node->entry_live;
    }
    uint64_t finished = since(node->calls, node->in_flight);
    if (!finished)
      continue;
    bool is_earliest = node->first_stamp < merged->first_stamp;
    for (unsigned m = 0; m < MEMPROF_CALL_METRIC_COUNT; m++)
      memprof_stat_add(&rows->per_call[m], &node->per_call[m],
                       !merged->finished, is_earliest);
    if (!merged->finished || is_earliest)
      merged->first_stamp = node->first_stamp;
    merged->finished += finished;
  }
}

/* ---- Calls that have not finished: counted as if they ended now ---- */

static void end_call(void *context, size_t node,
                     const uint64_t values[MEMPROF_CALL_METRIC_COUNT]) {
  struct addition *addition = context;
  struct merged *merged = merge_function(&addition->merge, node);
  for (unsigned m = 0; m < MEMPROF_CALL_METRIC_COUNT; m++) {
    struct memprof_stat one = {values[m], values[m], values[m], values[m]};
    memprof_stat_add(&merged->rows->per_call[m], &one, !merged->finished,
                     false);
  }
  merged->finished++;
}

static void end_in_caller(void *context, size_t node, uint32_t line,
                          uint64_t peak, int64_t mem_usage) {
  struct addition *addition = context;
  row_event(row_of(addition, node, line), addition->now, peak, mem_usage);
}

/* ---- What follows from the sums ---- */

static void finish_rows(struct merged *merged) {
  struct function_rows *function = merged->rows;
  struct row *definition = &function->rows[0];
  /* an entry is an event of the definition line, unless one came after it */
  if (merged->entered &&
      (!definition->has_event || definition->stamp <= merged->entry_stamp)) {
    definition->has_event = true;
    definition->stamp = merged->entry_stamp;
    definition->mem_usage = merged->entry_live;
  }
  for (size_t i = 0; i < function->row_count; i++) {
    struct row *row = &function->rows[i];
    row->increment = (int64_t)(row->bytes - row->freed);
    if ((int64_t)row->kept < 0)
      row->kept = 0; /* read while another thread released a block */
    if ((int64_t)row->own_kept < 0)
      row->own_kept = 0;
    if (!row->has_event && i > 0)
      row->mem_usage = function->rows[i - 1].mem_usage;
    function->allocs += row->allocs;
    function->frees += row->frees;
    function->bytes += row->bytes;
    function->freed += row->freed;
    function->kept += row->kept;
    function->mappings += row->maps + row->unmaps;
  }
}

/* Leaves out threads in which nothing happened; one stays when that is so in
 * all. */
static void drop_idle_threads(struct report *report) {
  size_t kept = 0;
  for (size_t i = 0; i < report->function_count; i++) {
    const struct function_rows *function = &report->functions[i];
    const struct function_rows *last =
        kept ? &report->functions[kept - 1] : NULL;
    bool is_same = last && last->name == function->name;
    if (is_same && !function_is_measured(function))
      continue;
    if (is_same && !function_is_measured(last))
      kept--;
    report->functions[kept++] = *function;
  }
  report->function_count = kept;
}

bool report_build(struct report *report, const struct profile *profile,
                  bool by_thread, struct scratch *scratch) {
  *report = (struct report){.header = profile->header,
                            .profile = profile,
                            .cut_off = profile->cut_off,
                            .by_thread = by_thread && !profile->header->merged,
                            .has_mappings = profile->mapping_count > 0};
  struct addition addition = {
      .profile = profile, .report = report, .now = UINT64_MAX};
  if (!merge_functions(&addition.merge, profile, report, scratch))
    return false;
  addition.below =
      scratch_alloc(scratch, profile->node_count, sizeof *addition.below);
  if (!addition.below)
    return false;
  add_lines(&addition);
  add_subtrees(&addition);
  add_sizes(&addition);
  add_mappings(&addition);
  add_nodes(&addition);
  unfinished_visit(profile, &(struct unfinished){.context = &addition,
                                                 .call = end_call,
                                                 .event = end_in_caller});
  for (size_t i = 0; i < report->function_count; i++)
    finish_rows(&addition.merge.groups[i]);
  report->function_of_node = addition.merge.group_of_node;
  report->row_of_line = addition.merge.row_of_line;
  report->outside.increment =
      (int64_t)(report->outside.bytes - report->outside.freed);
  drop_idle_threads(report);
  return true;
}
