/* export_samples.c - all stacks as a sorted list, for formats that want each
 * stack once, or a tree. */
#include "export.h"
#include <stdlib.h>

static int compare(const void *a, const void *b) {
  const struct sample *left = a, *right = b;
  for (size_t i = 0; i < left->depth && i < right->depth; i++)
    if (left->places[i] != right->places[i])
      return left->places[i] < right->places[i] ? -1 : 1;
  return (left->depth > right->depth) - (left->depth < right->depth);
}

static bool take(struct sample *sample, const struct stacks *stacks) {
  size_t *places = scratch_alloc(stacks->export->subject->scratch,
                                 stacks->depth, sizeof *places);
  if (!places)
    return export_no_memory(stacks->export);
  for (size_t i = 0; i < stacks->depth; i++)
    places[i] = place_number(stacks->export, stacks->places[i]);
  *sample = (struct sample){.places = places, .depth = stacks->depth};
  for (unsigned m = 0; m < METRIC_SUMS; m++)
    sample->values[m] = stacks_value(stacks, m);
  return true;
}

/* Where callers were left off, equal stacks stand side by side now. */
static void join_equal(struct samples *samples) {
  size_t count = 0;
  for (size_t i = 0; i < samples->count; i++) {
    struct sample *sample = &samples->list[i];
    if (!count || compare(&samples->list[count - 1], sample) != 0) {
      samples->list[count++] = *sample;
      continue;
    }
    for (unsigned m = 0; m < METRIC_SUMS; m++)
      samples->list[count - 1].values[m] += sample->values[m];
  }
  samples->count = count;
}

bool samples_collect(struct samples *samples, const struct export *export) {
  struct stacks stacks;
  *samples = (struct samples){
      .list = scratch_alloc(export->subject->scratch,
                            export->subject->contexts.line_count + 1,
                            sizeof *samples->list)};
  if (!samples->list)
    return export_no_memory(export);
  if (!stacks_start(&stacks, export))
    return false;
  while (stacks_next(&stacks))
    if (!take(&samples->list[samples->count++], &stacks))
      return false;
  qsort(samples->list, samples->count, sizeof *samples->list, compare);
  join_equal(samples);
  return true;
}
