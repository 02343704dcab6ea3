/* calls.c - the end of a call that had events, or is the first of its context:
 * its metrics, and an event of its caller's line.
 */
#include "budget.h"
#include "core.h"

MPRT_COLD static void
count_first(struct memprof_thread *thread, struct memprof_node *node,
            const uint64_t values[MEMPROF_CALL_METRIC_COUNT]) {
  for (unsigned m = 0; m < MEMPROF_CALL_METRIC_COUNT; m++)
    node->per_call[m] =
        (struct memprof_stat){values[m], values[m], values[m], values[m]};
  thread->events++; /* of calls that end one after the other, one is first */
  if (values[MEMPROF_CALL_allocs] || values[MEMPROF_CALL_frees])
    mprt_order_add(node->function, MPRT_RESTLESS);
  node->first_stamp = mprt_stamp_still(thread, node->function);
}

static inline void stat_add(struct memprof_stat *stat, uint64_t value) {
  if (value < stat->min)
    stat->min = value;
  if (value > stat->max)
    stat->max = value;
  stat->sum += value;
}

void mprt_call_count(struct memprof_thread *thread,
                     const struct memprof_frame *frame) {
  struct memprof_node *node = mprt_at(frame->node);
  uint64_t bytes = thread->bytes - frame->bytes;
  uint64_t freed = thread->freed - frame->freed;
  const uint64_t values[MEMPROF_CALL_METRIC_COUNT] = {
      [MEMPROF_CALL_allocs] = thread->allocs - frame->allocs,
      [MEMPROF_CALL_frees] = thread->frees - frame->frees,
      [MEMPROF_CALL_bytes] = bytes,
      [MEMPROF_CALL_peak] = (uint64_t)(frame->call_high - frame->live_at_enter),
      [MEMPROF_CALL_kept] = bytes > freed ? bytes - freed : 0,
  };
  if (MPRT_UNLIKELY(node->calls == node->in_flight)) {
    count_first(thread, node, values);
  } else {
#define ADD(METRIC, TYPE)                                                      \
  stat_add(&node->per_call[MEMPROF_CALL_##METRIC],                             \
           values[MEMPROF_CALL_##METRIC]);
    MEMPROF_CALL_METRICS(ADD)
#undef ADD
  }
  node->in_flight--;
  /* at last: the program's sink may ask for numbers, reset them, or fork */
  struct mprt_budget *budget = mprt_budget_of(node->function);
  if (MPRT_UNLIKELY(budget != NULL))
    mprt_budget_check(budget, node, values);
}

void mprt_call_finish(struct mprt_state *self, struct memprof_frame *frame) {
  unsigned char *arena = mprt_arena_base;
  struct memprof_thread *thread = self->record;
  if (frame->start_ns && frame->start_ns != MEMPROF_INHERITED)
    mprt_timeline_end(thread, frame);
  if (frame->start_ns != MEMPROF_INHERITED)
    mprt_call_count(thread, frame);

  struct memprof_frame *caller = mprt_in(arena, frame->caller);
  if (frame->call_high > caller->call_high)
    caller->call_high = frame->call_high;
  if (!caller->caller) /* outside: nobody watches its visits */
    return;
  /* enter looked at the caller's visit; since then only callees ran */
  if (frame->call_high > caller->high)
    caller->high = frame->call_high;
  caller->seen_hits =
      ((const volatile uint64_t *)caller->hits)[caller->seen_line];
  const struct memprof_node *node = mprt_in(arena, caller->node);
  mprt_line_mark(mprt_line_at(arena, caller, caller->seen_line),
                 (uint64_t)(caller->high - caller->base), thread->live,
                 mprt_stamp_still(thread, node->function));
}
