/* timeline.c - the option `timeline`: when marked calls began and ended, and
 * what was live then, in a ring of the latest of them.
 *
 * A timed call has a start in its frame, and its end takes the slow way. So
 * that its beginning does too, contexts.c remembers the step to it where the
 * fast way does not look.
 */
#include "core.h"
#include <time.h>

#define SPANS_MAX (1u << 16) /* 4 MiB */
#define SPANS_MIN 64u
#define SPANS_SHARE 16 /* at most this part of the image */

static struct memprof_spans *spans;

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec -
         mprt_header()->started_ticks;
}

static void fill_spans(void *record, const void *count) {
  ((struct memprof_spans *)record)->count = *(const uint32_t *)count;
}

void mprt_timeline_init(void) {
  if (!mprt_config.timeline)
    return;
  uint64_t room = mprt_header()->capacity / SPANS_SHARE;
  uint32_t count = SPANS_MAX;
  while (count > SPANS_MIN && count * sizeof(struct memprof_span) > room)
    count /= 2;
  spans = mprt_arena_alloc(MEMPROF_KIND_SPANS,
                           sizeof *spans + count * sizeof(struct memprof_span),
                           fill_spans, &count);
}

void mprt_timeline_begin(struct memprof_frame *frame) {
  uint64_t now = now_ns();
  frame->start_ns = now ? now : 1; /* 0: not timed */
}

/* A reader of a live image takes a place whose number is its own. */
void mprt_timeline_end(const struct memprof_thread *thread,
                       const struct memprof_frame *frame) {
  if (!spans)
    return;
  const struct memprof_node *node = mprt_at(frame->node);
  uint64_t number = __atomic_add_fetch(&spans->written, 1, __ATOMIC_RELAXED);
  struct memprof_span *span =
      (struct memprof_span *)(spans + 1) + (number - 1) % spans->count;
  __atomic_store_n(&span->number, 0, __ATOMIC_RELAXED);
  atomic_thread_fence(memory_order_release);
  span->function = node->function;
  span->thread = mprt_ref(thread);
  span->start_ns = frame->start_ns;
  span->end_ns = now_ns();
  span->live_at_start = frame->live_at_enter;
  span->live_at_end = thread->live;
  span->peak = (uint64_t)(frame->call_high - frame->live_at_enter);
  __atomic_store_n(&span->number, number, __ATOMIC_RELEASE);
}
