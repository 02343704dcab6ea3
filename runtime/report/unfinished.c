/* unfinished.c - ends the calls that a profile leaves open, in a copy of their
 * frames. */
#include "unfinished.h"

static uint64_t above(int64_t high, int64_t base) {
  return high > base ? (uint64_t)high - (uint64_t)base : 0;
}

static uint64_t since(uint64_t now, uint64_t then) {
  return now > then ? now - then : 0;
}

static void finish_call(const struct unfinished *unfinished, size_t node,
                        const struct memprof_thread *thread,
                        const struct memprof_frame *frame) {
  if (frame->start_ns == MEMPROF_INHERITED)
    return; /* its parent's call */
  uint64_t bytes = since(thread->bytes, frame->bytes);
  const uint64_t values[MEMPROF_CALL_METRIC_COUNT] = {
      [MEMPROF_CALL_allocs] = since(thread->allocs, frame->allocs),
      [MEMPROF_CALL_frees] = since(thread->frees, frame->frees),
      [MEMPROF_CALL_bytes] = bytes,
      [MEMPROF_CALL_peak] = above(frame->call_high, frame->live_at_enter),
      [MEMPROF_CALL_kept] = since(bytes, since(thread->freed, frame->freed)),
  };
  unfinished->call(unfinished->context, node, values);
}

/* The end of `frame` as an event of its caller's line. `enter` looked at the
 * caller's visit, so seen_line is the line of the call, even if a longjmp took
 * the caller somewhere else since. */
static void finish_in_caller(const struct unfinished *unfinished,
                             const struct profile *profile, size_t node,
                             const struct memprof_thread *thread,
                             const struct memprof_frame *frame,
                             struct memprof_frame *caller) {
  if (caller->high < frame->call_high)
    caller->high = frame->call_high;
  if (caller->call_high < frame->call_high)
    caller->call_high = frame->call_high;
  if (caller->seen_line < profile->nodes[node]->line_count)
    unfinished->event(unfinished->context, node, caller->seen_line,
                      above(caller->high, caller->base), thread->live);
}

static void finish_thread(const struct unfinished *unfinished,
                          const struct profile *profile,
                          const struct memprof_thread *record) {
  struct memprof_thread thread = *record;
  size_t node, caller_node;
  const struct memprof_frame *at =
      profile_frame(profile, record, thread.top, &node);
  if (!at)
    return;
  struct memprof_frame frame = *at; /* finished in our own copy */
  size_t bound = profile_frame_count(profile);
  while (profile->nodes[node]->function && bound--) {
    finish_call(unfinished, node, &thread, &frame);
    at = profile_frame(profile, record, frame.caller, &caller_node);
    if (!at || !profile->nodes[caller_node]->function)
      return; /* nobody watches the outside's visits */
    struct memprof_frame caller = *at;
    finish_in_caller(unfinished, profile, caller_node, &thread, &frame,
                     &caller);
    frame = caller;
    node = caller_node;
  }
}

void unfinished_visit(const struct profile *profile,
                      const struct unfinished *unfinished) {
  for (size_t i = 0; i < profile->thread_count; i++)
    finish_thread(unfinished, profile, profile->threads[i]);
}
