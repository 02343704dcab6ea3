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

static int compare_lines(const void *a, const void *b) {
  const struct context_line *left = a, *right = b;
  if (left->context != right->context)
    return left->context < right->context ? -1 : 1;
  return (left->row > right->row) - (left->row < right->row);
}

static void add_lines(struct contexts *contexts, const struct profile *profile,
                      const struct report *report, const uint32_t *context_of) {
  size_t count = 0;
  for (size_t i = 0; i < profile->line_count; i++) {
    const struct memprof_line *line = profile->lines[i];
    size_t node = profile_node(profile, line->node);
    if (context_of[node] == CONTEXT_NONE)
      continue; /* outside marked functions */
    struct context_line *to = &contexts->lines[count++];
    take_line(to, profile, line);
    to->context = context_of[node];
    to->row = row_of(report, profile->nodes[node], line->line);
  }
  qsort(contexts->lines, count, sizeof *contexts->lines, compare_lines);
  for (size_t i = 0; i < count; i++) {
    struct context_line *last = contexts->line_count
                                    ? &contexts->lines[contexts->line_count - 1]
                                    : NULL;
    if (last && compare_lines(last, &contexts->lines[i]) == 0)
      add_line(last, &contexts->lines[i]);
    else
      contexts->lines[contexts->line_count++] = contexts->lines[i];
  }
}

static void give_lines(struct contexts *contexts) {
  for (size_t i = contexts->line_count; i-- > 0;) {
    struct context *context = &contexts->contexts[contexts->lines[i].context];
    context->first_line = (uint32_t)i;
    context->line_count++;
  }
}

bool contexts_build(struct contexts *contexts, const struct profile *profile,
                    const struct report *report, struct scratch *scratch) {
  *contexts = (struct contexts){
      .contexts = scratch_alloc(scratch, profile->node_count,
                                sizeof *contexts->contexts),
      .lines =
          scratch_alloc(scratch, profile->line_count, sizeof *contexts->lines),
  };
  uint32_t *context_of =
      scratch_alloc(scratch, profile->node_count, sizeof *context_of);
  if (!contexts->contexts || !contexts->lines || !context_of ||
      !add_nodes(contexts, profile, report, context_of, scratch))
    return false;
  add_lines(contexts, profile, report, context_of);
  give_lines(contexts);
  return true;
}
