/* export_stacks.c - what happened, line by line of each calling context, with
 * the stack on which it did. */
#include "export.h"

/* How many places the longest stack has; one at least, for what is outside. */
static size_t deepest(const struct contexts *contexts, uint32_t *depths) {
  size_t most = 1;
  for (size_t i = 0; i < contexts->count; i++) {
    uint32_t parent = contexts->contexts[i].parent;
    depths[i] = parent == CONTEXT_NONE ? 1 : depths[parent] + 1;
    if (depths[i] > most)
      most = depths[i];
  }
  return most;
}

bool stacks_start(struct stacks *stacks, const struct export *export) {
  const struct contexts *contexts = &export->subject->contexts;
  struct scratch *scratch = export->subject->scratch;
  *stacks = (struct stacks){.export = export};
  uint32_t *depths = scratch_alloc(scratch, contexts->count, sizeof *depths);
  if (!depths)
    return export_no_memory(export);
  stacks->capacity = deepest(contexts, depths);
  stacks->places =
      scratch_alloc(scratch, stacks->capacity, sizeof *stacks->places);
  return stacks->places || export_no_memory(export);
}

/* The stack up to its outermost wanted function; depth 0: there is none. */
static void fill(struct stacks *stacks) {
  const struct context *contexts = stacks->export->subject->contexts.contexts;
  const struct context *context = &contexts[stacks->line->context];
  uint32_t row = stacks->line->row;
  stacks->depth = 0;
  for (size_t i = 0;; i++) {
    stacks->places[i] = (struct place){context->function, row};
    if (export_is_wanted(stacks->export, context->function))
      stacks->depth = i + 1;
    if (context->parent == CONTEXT_NONE)
      return;
    row = context->parent_row;
    context = &contexts[context->parent];
  }
}

static bool give_outside(struct stacks *stacks) {
  const struct row *row = &stacks->export->subject->report.outside;
  stacks->outside = (struct context_line){.allocs = row->allocs,
                                          .bytes = row->bytes,
                                          .frees = row->frees,
                                          .freed = row->freed,
                                          .kept = row->kept,
                                          .temporary = row->temporary,
                                          .at_peak = row->own_at_peak};
  stacks->line = &stacks->outside;
  stacks->places[0] = (struct place){PLACE_OUTSIDE, 0};
  stacks->depth = 1;
  return row->allocs || row->frees;
}

bool stacks_next(struct stacks *stacks) {
  const struct contexts *contexts = &stacks->export->subject->contexts;
  while (stacks->next < contexts->line_count) {
    stacks->line = &contexts->lines[stacks->next++];
    if (!stacks->line->allocs && !stacks->line->frees)
      continue; /* the end of a callee was the only event */
    fill(stacks);
    if (stacks->depth)
      return true;
  }
  return stacks->next++ == contexts->line_count && !stacks->export->wanted &&
         give_outside(stacks);
}

uint64_t stacks_value(const struct stacks *stacks, enum export_metric metric) {
  const struct context_line *line = stacks->line;
  const uint64_t values[] = {
#define VALUE_SUM(NAME) [METRIC_##NAME] = line->NAME,
#define VALUE_ROW(NAME)
#define VALUE(NAME, ADDS, TYPE, PPROF) VALUE_##ADDS(NAME)
      EXPORT_METRICS(VALUE)
#undef VALUE
  };
  return values[metric];
}
