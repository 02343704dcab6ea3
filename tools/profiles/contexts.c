/* contexts.c - the contexts of all threads to one tree. */
#include "contexts.h"
#include <stdlib.h>
#include <string.h>

/* ---- Equal paths are one context ---- */

struct table {
  uint32_t *slots; /* index + 1 of a context; 0: empty */
  size_t count;    /* a power of two */
};

static uint64_t hash(uint32_t parent, uint32_t row, uint32_t function) {
  uint64_t key = (uint64_t)parent << 32 | row;
  key = (key ^ key >> 29 ^ (uint64_t)function << 20) *
        UINT64_C(0x9e3779b97f4a7c15);
  return key ^ key >> 32;
}

static uint32_t find(struct contexts *contexts, const struct table *table,
                     const struct context *like) {
  size_t slot =
      hash(like->parent, like->parent_row, like->function) & (table->count - 1);
  for (; table->slots[slot]; slot = (slot + 1) & (table->count - 1)) {
    const struct context *other = &contexts->contexts[table->slots[slot] - 1];
    if (other->parent == like->parent &&
        other->parent_row == like->parent_row &&
        other->function == like->function)
      return table->slots[slot] - 1;
  }
  contexts->contexts[contexts->count] = *like;
  table->slots[slot] = (uint32_t)++contexts->count;
  return (uint32_t)contexts->count - 1;
}

static uint32_t row_of(const struct report *report,
                       const struct memprof_node *node, uint32_t line) {
  return report->row_of_line[node->function - 1][line];
}

/* Where a node's parent stands. */
static void place(struct context *context, const struct profile *profile,
                  const struct report *report, const uint32_t *context_of,
                  const struct memprof_node *node) {
  size_t parent = profile_node(profile, node->parent);
  const struct memprof_node *caller = profile->nodes[parent];
  context->parent = CONTEXT_NONE;
  if (!caller->function)
    return;
  context->parent = context_of[parent];
  context->parent_row = row_of(report, caller, node->parent_line);
}

static void add_calls(struct context *context,
                      const struct memprof_node *node) {
  uint64_t finished =
      node->calls > node->in_flight ? node->calls - node->in_flight : 0;
  context->calls += node->calls;
  if (!finished)
    return;
  for (unsigned m = 0; m < MEMPROF_CALL_METRIC_COUNT; m++)
    memprof_stat_add(&context->per_call[m], &node->per_call[m],
                     !context->finished, false);
  context->finished += finished;
}

static bool add_nodes(struct contexts *contexts, const struct profile *profile,
                      const struct report *report, uint32_t *context_of,
                      struct scratch *scratch) {
  struct table table = {.count = 16};
  while (table.count < profile->node_count * 2)
    table.count *= 2;
  table.slots = scratch_alloc(scratch, table.count, sizeof *table.slots);
  if (!table.slots)
    return false;
  for (size_t i = 0; i < profile->node_count; i++) {
    const struct memprof_node *node = profile->nodes[i];
    context_of[i] = CONTEXT_NONE;
    if (!node->function)
      continue;
    struct context like = {.function = report->function_of_node[i]};
    place(&like, profile, report, context_of, node);
    context_of[i] = find(contexts, &table, &like);
    add_calls(&contexts->contexts[context_of[i]], node);
  }
  return true;
}

/* ---- Their lines ---- */

static void take_line(struct context_line *to, const struct profile *profile,
                      const struct memprof_line *from) {
  uint64_t kept = memprof_line_kept(from);
  to->allocs = from->allocs;
  to->bytes = from->bytes;
  to->frees = from->frees;
  to->freed = from->freed;
  to->kept = (int64_t)kept < 0 ? 0 : kept; /* read while it changed */
  to->temporary = from->temporary;
  to->at_peak = memprof_line_at_peak(from, profile->header->peak_epoch);
  to->peak = from->peak;
}

static void add_line(struct context_line *to, const struct context_line *from) {
  to->allocs += from->allocs;
  to->bytes += from->bytes;
  to->frees += from->frees;
  to->freed += from->freed;
  to->kept += from->kept;
  to->temporary += from->temporary;
  to->at_peak += from->at_peak;
  if (to->peak < from->peak)
    to->peak = from->peak;
}

/* Sets first_line as if no two lines of a context were of one row. */
static void make_places(struct contexts *contexts,
                        const struct profile *profile,
                        const uint32_t *context_of) {
  uint32_t at = 0;
  for (size_t i = 0; i < profile->line_count; i++) {
    size_t node = profile_node(profile, profile->lines[i]->node);
    if (context_of[node] != CONTEXT_NONE)
      contexts->contexts[context_of[node]].line_count++;
  }
  for (size_t i = 0; i < contexts->count; i++) {
    struct context *context = &contexts->contexts[i];
    context->first_line = at;
    at += context->line_count;
    context->line_count = 0;
  }
}

static void take_lines(struct contexts *contexts, const struct profile *profile,
                       const struct report *report,
                       const uint32_t *context_of) {
  for (size_t i = 0; i < profile->line_count; i++) {
    const struct memprof_line *line = profile->lines[i];
    size_t node = profile_node(profile, line->node);
    if (context_of[node] == CONTEXT_NONE)
      continue; /* outside marked functions */
    struct context *context = &contexts->contexts[context_of[node]];
    struct context_line *to =
        &contexts->lines[context->first_line + context->line_count++];
    take_line(to, profile, line);
    to->context = context_of[node];
    to->row = row_of(report, profile->nodes[node], line->line);
  }
}

static int compare_rows(const void *a, const void *b) {
  const struct context_line *left = a, *right = b;
  return (left->row > right->row) - (left->row < right->row);
}

static bool ascend(const struct context_line *lines, size_t count) {
  for (size_t i = 1; i < count; i++)
    if (lines[i - 1].row >= lines[i].row)
      return false;
  return true;
}

/* Orders a context's lines by row, and makes those of one row one. */
static void merge_lines(struct context *context, struct context_line *lines) {
  size_t count = context->line_count, kept = 0;
  if (ascend(lines, count))
    return;
  qsort(lines, count, sizeof *lines, compare_rows);
  for (size_t i = 0; i < count; i++)
    if (kept && lines[kept - 1].row == lines[i].row)
      add_line(&lines[kept - 1], &lines[i]);
    else
      lines[kept++] = lines[i];
  context->line_count = (uint32_t)kept;
}

/* Line records stand in the order in which their lines first had an event. */
static void add_lines(struct contexts *contexts, const struct profile *profile,
                      const struct report *report, const uint32_t *context_of) {
  make_places(contexts, profile, context_of);
  take_lines(contexts, profile, report, context_of);
  for (size_t i = 0; i < contexts->count; i++) {
    struct context *context = &contexts->contexts[i];
    struct context_line *lines = &contexts->lines[context->first_line];
    merge_lines(context, lines);
    context->first_line = (uint32_t)contexts->line_count;
    memmove(&contexts->lines[contexts->line_count], lines,
            context->line_count * sizeof *lines);
    contexts->line_count += context->line_count;
  }
}

/* ---- Sums ---- */

#define SUMS(X)                                                                \
  X(allocs) X(bytes) X(frees) X(freed) X(kept) X(temporary) X(at_peak)
#define ADD(FIELD) to->FIELD += from->FIELD;

static void add_own(struct context_sums *to, const struct context_line *from) {
  SUMS(ADD)
}

static void add_sums(struct context_sums *to, const struct context_sums *from) {
  SUMS(ADD)
}
#undef ADD
#undef SUMS

static void sum_up(struct contexts *contexts, const struct profile *profile,
                   const uint32_t *context_of) {
  for (size_t i = 0; i < profile->line_count; i++) {
    struct context_line line;
    size_t node = profile_node(profile, profile->lines[i]->node);
    if (context_of[node] == CONTEXT_NONE)
      continue;
    take_line(&line, profile, profile->lines[i]);
    add_own(&contexts->contexts[context_of[node]].own, &line);
  }
  for (size_t i = contexts->count; i-- > 0;) {
    struct context *context = &contexts->contexts[i];
    add_sums(&context->total, &context->own);
    if (context->parent != CONTEXT_NONE)
      add_sums(&contexts->contexts[context->parent].total, &context->total);
  }
}

bool contexts_build(struct contexts *contexts, const struct profile *profile,
                    const struct report *report, bool with_lines,
                    struct scratch *scratch) {
  *contexts = (struct contexts){
      .contexts = scratch_alloc(scratch, profile->node_count,
                                sizeof *contexts->contexts),
      .lines = scratch_alloc(scratch, with_lines ? profile->line_count : 0,
                             sizeof *contexts->lines),
  };
  uint32_t *context_of =
      scratch_alloc(scratch, profile->node_count, sizeof *context_of);
  if (!contexts->contexts || !contexts->lines || !context_of ||
      !add_nodes(contexts, profile, report, context_of, scratch))
    return false;
  if (with_lines)
    add_lines(contexts, profile, report, context_of);
  sum_up(contexts, profile, context_of);
  return true;
}
