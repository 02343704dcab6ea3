/* plot_calls.c - calls of marked functions from the spans of a profile, and the
 * live bytes that they tell. */
#include "plot.h"
#include "report/report.h"
#include <stdlib.h>

static int64_t clamp(uint64_t value) {
  return value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

/* a + b, at the end of the scale when it leads past it. */
static int64_t sum(int64_t a, int64_t b) {
  int64_t result;
  if (!__builtin_add_overflow(a, b, &result))
    return result;
  return b < 0 ? INT64_MIN : INT64_MAX;
}

/* ---- Reading ---- */

static bool is_written(const struct memprof_span *span, size_t place,
                       const struct memprof_spans *ring) {
  return span->number && (span->number - 1) % ring->count == place &&
         span->number <= ring->written && span->start_ns <= span->end_ns;
}

static void take_finished(struct plot_spans *spans,
                          const struct profile *profile,
                          const struct memprof_spans *ring) {
  const struct memprof_span *places = (const void *)(ring + 1);
  for (size_t i = 0; i < ring->count; i++) {
    struct memprof_span span = places[i];
    size_t thread = profile_thread(profile, span.thread);
    if (!is_written(&span, i, ring) || thread == PROFILE_NONE ||
        span.function == 0 || span.function > profile->function_count)
      continue;
    spans->spans[spans->count++] = (struct plot_span){
        .function = span.function,
        .thread = (uint32_t)thread,
        .start_ns = clamp(span.start_ns),
        .end_ns = clamp(span.end_ns),
        .live_at_start = span.live_at_start,
        .live_at_end = span.live_at_end,
        .peak = clamp(span.peak),
    };
  }
  if (ring->written > ring->count)
    spans->lost += ring->written - ring->count;
}

/* The calls in progress, innermost first: as if they ended now. */
static void take_open(struct plot_spans *spans, size_t room,
                      const struct profile *profile, size_t thread,
                      int64_t end_ns) {
  const struct memprof_thread *owner = profile->threads[thread];
  size_t node, bound = profile_frame_count(profile);
  int64_t high = INT64_MIN; /* of the callee */
  for (memprof_ref ref = owner->top; bound-- && spans->count < room;) {
    const struct memprof_frame *frame =
        profile_frame(profile, owner, ref, &node);
    if (!frame || !profile->nodes[node]->function)
      return;
    high = high > frame->call_high ? high : frame->call_high;
    ref = frame->caller;
    if (frame->start_ns == 0 || frame->start_ns == MEMPROF_INHERITED)
      continue;
    int64_t start = clamp(frame->start_ns), base = frame->live_at_enter;
    spans->spans[spans->count++] = (struct plot_span){
        .function = profile->nodes[node]->function,
        .thread = (uint32_t)thread,
        .is_open = true,
        .start_ns = start,
        .end_ns = start > end_ns ? start : end_ns,
        .live_at_start = base,
        .live_at_end = owner->live,
        .peak = high > base ? clamp((uint64_t)high - (uint64_t)base) : 0,
    };
  }
}

static int compare(const void *a, const void *b) {
  const struct plot_span *left = a, *right = b;
  if (left->thread != right->thread)
    return left->thread < right->thread ? -1 : 1;
  if (left->start_ns != right->start_ns)
    return left->start_ns < right->start_ns ? -1 : 1;
  if (left->end_ns != right->end_ns)
    return left->end_ns > right->end_ns ? -1 : 1;
  return 0;
}

bool plot_spans_read(struct plot_spans *spans, const struct profile *profile,
                     int64_t end_ns, struct scratch *scratch) {
  size_t room = profile_frame_count(profile);
  *spans = (struct plot_spans){0};
  if (profile->spans_count == 0)
    return true; /* nothing was timed */
  for (size_t i = 0; i < profile->spans_count; i++)
    room += profile->spans[i]->count;
  spans->spans = scratch_alloc(scratch, room, sizeof *spans->spans);
  if (!spans->spans)
    return false;
  for (size_t i = 0; i < profile->spans_count; i++)
    if (profile->spans[i]->count)
      take_finished(spans, profile, profile->spans[i]);
  for (size_t i = 0; i < spans->count; i++)
    if (end_ns < spans->spans[i].end_ns)
      end_ns = spans->spans[i].end_ns;
  for (size_t i = 0; i < profile->thread_count; i++)
    take_open(spans, room, profile, i, end_ns);
  qsort(spans->spans, spans->count, sizeof *spans->spans, compare);
  return true;
}

/* ---- Live bytes over time ----
 *
 * A call tells what was live when it began and ended, and how high it rose
 * between, not when: that is put into the middle of the longest time in which
 * no call that it made was running, unless one of these reached it. */

/* A call whose end has not come yet. */
struct pending {
  const struct plot_span *span;
  int64_t high;   /* largest live known inside */
  int64_t cursor; /* end of its latest callee */
  int64_t gap_from, gap_to;
};

struct live_curve {
  struct plot_point *points;
  size_t count;
  struct pending *stack;
  size_t depth;
};

static void add_point(struct live_curve *curve, int64_t at, int64_t bytes) {
  curve->points[curve->count++] = (struct plot_point){at, bytes};
}

static void widen_gap(struct pending *pending, int64_t to) {
  if (to - pending->cursor > pending->gap_to - pending->gap_from) {
    pending->gap_from = pending->cursor;
    pending->gap_to = to;
  }
}

static void finish(struct live_curve *curve) {
  struct pending *top = &curve->stack[--curve->depth];
  const struct plot_span *span = top->span;
  int64_t peak = sum(span->live_at_start, span->peak);
  widen_gap(top, span->end_ns);
  if (peak > top->high && peak > span->live_at_start &&
      peak > span->live_at_end) {
    add_point(curve, top->gap_from + (top->gap_to - top->gap_from) / 2, peak);
    top->high = peak;
  }
  add_point(curve, span->end_ns, span->live_at_end);
  if (curve->depth == 0)
    return;
  struct pending *outer = &curve->stack[curve->depth - 1];
  outer->high = outer->high > top->high ? outer->high : top->high;
  if (outer->cursor < span->end_ns)
    outer->cursor = span->end_ns;
}

static int compare_points(const void *a, const void *b) {
  const struct plot_point *left = a, *right = b;
  return (left->at_ns > right->at_ns) - (left->at_ns < right->at_ns);
}

struct plot_point *plot_spans_live(const struct plot_span *spans, size_t count,
                                   size_t *point_count,
                                   struct scratch *scratch) {
  struct live_curve curve = {
      .points = scratch_alloc(scratch, count, 3 * sizeof *curve.points),
      .stack = scratch_alloc(scratch, count, sizeof *curve.stack),
  };
  if (!curve.points || !curve.stack)
    return NULL;
  for (size_t i = 0; i < count; i++) {
    const struct plot_span *span = &spans[i];
    while (curve.depth &&
           curve.stack[curve.depth - 1].span->end_ns <= span->start_ns)
      finish(&curve);
    if (curve.depth)
      widen_gap(&curve.stack[curve.depth - 1], span->start_ns);
    add_point(&curve, span->start_ns, span->live_at_start);
    curve.stack[curve.depth++] = (struct pending){.span = span,
                                                  .high = INT64_MIN,
                                                  .cursor = span->start_ns,
                                                  .gap_from = span->start_ns,
                                                  .gap_to = span->start_ns};
  }
  while (curve.depth)
    finish(&curve);
  /* calls that ended at the same time, or, in a damaged file, overlap */
  for (size_t i = 1; i < curve.count; i++)
    if (curve.points[i].at_ns < curve.points[i - 1].at_ns) {
      qsort(curve.points, curve.count, sizeof *curve.points, compare_points);
      break;
    }
  *point_count = curve.count;
  return curve.points;
}
