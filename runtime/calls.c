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

void mprt_call_count(struct memprof_thread *thread,
                     const struct memprof_frame *frame) {
  struct memprof_node *node = mprt_at(frame->node);
  uint64_t values[MEMPROF_CALL_METRIC_COUNT];
  mprt_call_measure(thread, frame, values);
  if (MPRT_UNLIKELY(node->calls == node->in_flight))
    count_first(thread, node, values);
  else
    mprt_call_add(node, values);
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
  if (!caller->caller) { /* outside: nobody watches its visits */
    if (frame->call_high > caller->call_high)
      caller->call_high = frame->call_high;
    return;
  }
  mprt_call_return(thread, frame, caller,
                   mprt_line_at(arena, caller, caller->seen_line));
}
