/* compare.c - judges what changed between two runs. */
#include "compare.h"
#include "tool.h"
#include <string.h>

uint64_t line_value(const struct snapshot_line *line, enum metric metric) {
  return line ? line->values[metric] : 0;
}

uint64_t function_value(const struct snapshot_function *f, enum metric metric) {
  return f && f->values[metric] != METRIC_NONE ? f->values[metric] : 0;
}

bool line_pair_differs(const struct line_pair *pair) {
  for (enum metric m = 0; m < METRIC_COUNT; m++)
    if (line_value(pair->before, m) != line_value(pair->after, m))
      return true;
  return false;
}

static enum change judge_metric(struct compared *compared, enum metric metric,
                                const struct tolerance *tolerance) {
  uint64_t before = compared->pair->before->values[metric];
  uint64_t after = compared->pair->after->values[metric];
  if (before == METRIC_NONE || after == METRIC_NONE || tolerance->is_off)
    return CHANGE_NONE;
  compared->is_judged[metric] = true;
  compared->allowed[metric] = tolerance_ceiling(tolerance, before);
  if (after > compared->allowed[metric])
    return CHANGE_WORSE;
  return after < tolerance_floor(tolerance, before) ? CHANGE_BETTER
                                                    : CHANGE_NONE;
}

static void judge(struct compared *compared,
                  const struct tolerance tolerances[METRIC_COUNT]) {
  const struct snapshot_function *before = compared->pair->before;
  if (!before || !compared->pair->after) {
    compared->change = before ? CHANGE_GONE : CHANGE_NEW;
    return;
  }
  for (enum metric m = 0; m < METRIC_COUNT; m++) {
    bool is_own = before->own && before->own[m].is_given;
    enum change change =
        judge_metric(compared, m, is_own ? &before->own[m] : &tolerances[m]);
    compared->metrics[m] = change;
    if (change != CHANGE_NONE && compared->change != CHANGE_WORSE)
      compared->change = change;
  }
}

bool compare(struct comparison *comparison, const struct snapshot *before,
             const struct snapshot *after,
             const struct tolerance tolerances[METRIC_COUNT],
             struct scratch *scratch) {
  struct matching matching;
  if (!match_snapshots(&matching, before, after, scratch) ||
      !(comparison->functions = scratch_alloc(scratch, matching.count + 1,
                                              sizeof *comparison->functions)))
    return error("out of memory for a comparison");
  comparison->count = matching.count;
  for (size_t i = 0; i < matching.count; i++) {
    struct compared *compared = &comparison->functions[i];
    compared->pair = &matching.pairs[i];
    judge(compared, tolerances);
    comparison->changes[compared->change]++;
    comparison->common += compared->pair->before && compared->pair->after &&
                          !snapshot_is_process(compared->pair->after);
  }
  return true;
}

static uint64_t growth(const struct line_pair *pair, enum metric metric) {
  uint64_t before = line_value(pair->before, metric);
  uint64_t after = line_value(pair->after, metric);
  return after > before ? after - before : 0;
}

size_t compared_lines(const struct compared *compared, enum metric metric,
                      const struct line_pair *lines[], size_t capacity) {
  const struct function_pair *pair = compared->pair;
  size_t count = 0;
  for (size_t i = 0; i < pair->line_count && pair->are_lines_known; i++) {
    uint64_t grown = growth(&pair->lines[i], metric);
    size_t at = count;
    while (at > 0 && growth(lines[at - 1], metric) < grown)
      at--;
    if (!grown || at == capacity)
      continue;
    count += count < capacity;
    memmove(&lines[at + 1], &lines[at], (count - at - 1) * sizeof *lines);
    lines[at] = &pair->lines[i];
  }
  return count;
}
