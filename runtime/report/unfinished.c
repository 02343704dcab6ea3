/* unfinished.c - ends the calls that a profile leaves open, in a copy of their
 * frames. */
#include "unfinished.h"

static uint64_t above(int64_t high, int64_t base) {
  return high > base ? (uint64_t)high - (uint64_t)base : 0;
}

static uint64_t since(uint64_t now, uint64_t then) {
  return now > then ? now - then : 0;
}

/* A call without events: its frame says nothing of them yet. */
static void frame_fill(const struct memprof_thread *thread,
                       struct memprof_frame *frame) {
  frame->live_at_enter = frame->call_high = thread->live;
  frame->seen_hits = UINT64_MAX;
  frame->allocs = thread->allocs;
  frame->frees = thread->frees;
  frame->bytes = thread->bytes;
  frame->freed = thread->freed;
}

/* The visit during which the call was made; the one that was seen may be another
 * one. */
static void visit_look(const struct memprof_thread *thread,
                       const struct memprof_node *context, uint32_t line,
                       struct memprof_frame *caller) {
  uint64_t hits =
      line < context->line_count ? memprof_node_hits(context)[line] : 0;
  if (caller->seen_line == line && caller->seen_hits == hits)
    return;
  caller->seen_line = line;
  caller->base = thread->live;
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

/* The end of `frame` as an event of its caller's line. When an event came, the
 * caller's visit was looked at, so seen_line is the line of the call, even if a
 * longjmp took the caller somewhere else since. */
static void finish_in_caller(const struct unfinished *unfinished,
                             const struct profile *profile, size_t node,
                             const struct memprof_thread *thread,
                             const struct memprof_frame *frame,
                             struct memprof_frame *caller) {
  if (caller->call_high < frame->call_high)
    caller->call_high = frame->call_high;
  if (caller->seen_line < profile->nodes[node]->line_count)
    unfinished->event(unfinished->context, node, caller->seen_line,
                      above(frame->call_high, caller->base), thread->live);
}

static void finish_thread(const struct unfinished *unfinished,
                          const struct profile *profile,
                          const struct memprof_thread *record) {
  struct memprof_thread thread = *record;
  memprof_ref ref = profile_innermost(profile, record);
  size_t node, caller_node;
  const struct memprof_frame *at = profile_frame(profile, record, ref, &node);
  if (!at)
    return;
  struct memprof_frame frame = *at; /* finished in our own copy */
  bool is_fresh = ref != thread.top;
  if (is_fresh)
    frame_fill(&thread, &frame);
  size_t bound = profile_frame_count(profile);
  while (profile->nodes[node]->function && bound--) {
    finish_call(unfinished, node, &thread, &frame);
    ref = frame.caller;
    at = profile_frame(profile, record, ref, &caller_node);
    if (!at || !profile->nodes[caller_node]->function)
      return; /* nobody watches the outside's visits */
    struct memprof_frame caller = *at;
    bool was_fresh = is_fresh;
    is_fresh = was_fresh && ref != thread.top;
    if (is_fresh)
      frame_fill(&thread, &caller);
    if (was_fresh)
      visit_look(&thread, profile->nodes[caller_node],
                 memprof_call_line(profile->nodes[node], &caller), &caller);
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
