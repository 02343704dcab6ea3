// Once a context was folded, one may be open twice without standing on its own
// path: B's and C's here, because D, called from C, is counted as if it were
// called from outside. So from then on each call is asked whether its counters
// are in use further out: the visit of the outer C outlives the inner one.
//
// RUN: %unit %s -o %t && %t
#include "records.h"

static NOINLINE void b(size_t bytes, bool again);

static NOINLINE void d(void) {
  struct test_frame *frame = enter(D);
  at_line(frame, 3);
  b(0, false);
  __memprofpass_exit(frame);
}

/* One visit of line 2, with two blocks or without an event. */
static NOINLINE void c(size_t bytes, bool again) {
  struct test_frame *frame = enter(C);
  at_line(frame, 2);
  if (bytes) {
    test_malloc(block(1), bytes);
    if (again)
      d();
    test_malloc(block(2), bytes);
    test_free(block(1));
    test_free(block(2));
  }
  __memprofpass_exit(frame);
}

static NOINLINE void b(size_t bytes, bool again) {
  struct test_frame *frame = enter(B);
  at_line(frame, 1);
  c(bytes, again);
  __memprofpass_exit(frame);
}

enum { CONTEXTS = 1 << 18 }; /* as many as there can be, but for roots' */

int main(void) {
  test_wake("*");
  b(10, false); /* outside -> B -> C takes the last room there is */
  mprt_most_used[MEMPROF_MOST_contexts] = CONTEXTS;
  CHECK(total(C, 2).peak == 20);

  /* D is folded, and so is B below it: its C is the one that called D */
  b(100, true);
  CHECK(mprt_header()->dropped_contexts == 2);
  CHECK(total(B, 0).nodes == 1 && total(C, 0).nodes == 1 &&
        total(D, 0).nodes == 1);
  CHECK(total(C, 2).peak == 200);

  for (unsigned i = 0; i < 10; i++)
    b(0, false); /* calls without events, which might take the short way */
  b(1000, true);
  CHECK(total(C, 2).peak == 2000);
  b(1000, true);

  /* 4 outer calls, 3 through D, 10 without events */
  CHECK(total(B, 1).calls == 17 && total(B, 1).hits == 17);
  CHECK(total(C, 2).calls == 17 && total(C, 2).hits == 17);
  CHECK(total(D, 3).calls == 3 && total(D, 3).hits == 3);
  CHECK(!total(B, 0).in_flight && !total(C, 0).in_flight &&
        !total(D, 0).in_flight);
  CHECK(total(C, 2).allocs == 8 && total(C, 2).frees == 8);
  CHECK(total(C, 2).bytes == 4220 && total(C, 2).kept == 0);
  return CHECK_RESULT();
}
