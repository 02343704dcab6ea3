// timeline: each finished call is a span, in the order of ends, with what was
// live; calls abandoned by a longjmp too. The ring keeps the latest.
//
// RUN: %unit %s -o %t && %t
#include "records.h"

static const struct memprof_spans *ring;

static void find_ring(const struct memprof_head *record, void *unused) {
  (void)unused;
  if (record->kind == MEMPROF_KIND_SPANS)
    ring = (const struct memprof_spans *)record;
}

/* Span n, which must be in the ring. */
static struct memprof_span span(uint64_t n) {
  const struct memprof_span *places = (const void *)(ring + 1);
  struct memprof_span found = places[(n - 1) % ring->count];
  CHECK(found.number == n);
  return found;
}

static bool is_within(struct memprof_span inner, struct memprof_span outer) {
  return outer.start_ns <= inner.start_ns && inner.start_ns <= inner.end_ns &&
         inner.end_ns <= outer.end_ns;
}

static NOINLINE void b(uintptr_t number, size_t size) {
  struct test_frame *frame = enter(B);
  at_line(frame, 1);
  test_malloc(block(number), size);
  at_line(frame, 2);
  test_malloc(block(number + 100), 1000);
  test_free(block(number + 100));
  __memprofpass_exit(frame);
}

static NOINLINE void a(void) {
  struct test_frame *frame = enter(A);
  at_line(frame, 1);
  b(1, 10);
  b(2, 20);
  test_free(block(1));
  __memprofpass_exit(frame);
}

static void nested(void) {
  a();
  CHECK(ring->written == 3);
  struct memprof_span first = span(1), second = span(2), outer = span(3);
  CHECK(first.function == B + 1 && outer.function == A + 1);
  CHECK(first.thread == outer.thread && first.thread != 0);
  CHECK(is_within(first, outer) && is_within(second, outer));
  CHECK(first.start_ns > 0 && first.end_ns <= second.start_ns);
  CHECK(first.live_at_start == 0 && first.live_at_end == 10);
  CHECK(second.live_at_start == 10 && second.live_at_end == 30);
  CHECK(first.peak == 1010 && second.peak == 1020 && outer.peak == 1030);
  CHECK(outer.live_at_start == 0 && outer.live_at_end == 20);
  CHECK(total(A, 0).calls == 1 && total(B, 0).calls == 2);
  CHECK(total(A, 0).in_flight == 0 && total(B, 0).in_flight == 0);
  CHECK(total(A, 1).peak == 1030 && total(A, 1).hits == 1);
}

/* Across blocks of frames, up and down, and up again. */
static NOINLINE void deep(unsigned depth) {
  struct test_frame *frame = enter(C);
  if (depth > 1)
    deep(depth - 1);
  __memprofpass_exit(frame);
}

static void recursion(void) {
  uint64_t before = ring->written;
  for (int i = 0; i < 3; i++)
    deep(1000);
  CHECK(ring->written == before + 3000);
  for (uint64_t n = 1; n < 1000; n++)
    CHECK(is_within(span(before + n), span(before + n + 1)));
  CHECK(total(C, 0).calls == 3000 && total(C, 0).in_flight == 0);
}

static NOINLINE void abandoned(unsigned depth) {
  enter(B);
  if (depth > 1)
    abandoned(depth - 1);
}

static NOINLINE void lands(void) {
  struct test_frame *frame = enter(D);
  abandoned(50);
  __memprofpass_landed(frame);
  __memprofpass_exit(frame);
}

static void longjmps(void) {
  uint64_t before = ring->written;
  lands();
  CHECK(ring->written == before + 51);
  CHECK(span(before + 50).function == B + 1);
  CHECK(span(before + 51).function == D + 1);
  CHECK(is_within(span(before + 1), span(before + 51)));
}

static NOINLINE void quiet(void) { __memprofpass_exit(enter(A)); }

static void wraps_around(void) {
  uint64_t before = ring->written, count = ring->count;
  for (uint64_t i = 0; i < count; i++)
    quiet();
  CHECK(ring->written == before + count);
  /* the oldest that is left is the first quiet one */
  for (uint64_t n = before + 1; n <= before + count; n++)
    CHECK(span(n).function == A + 1);
  b(3, 10);
  CHECK(span(before + count + 1).function == B + 1);
  CHECK(span(before + 2).function == A + 1);
}

int main(void) {
  test_wake("*");
  mprt_config.timeline = true;
  mprt_timeline_init();
  image_walk(find_ring, NULL);
  CHECK(ring && ring->count == 65536);
  if (!ring)
    return 1;
  nested();
  recursion();
  longjmps();
  wraps_around();
  CHECK(mprt_header()->dropped_frames == 0);
  return CHECK_RESULT();
}
