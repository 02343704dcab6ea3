// What a frame keeps for its events is filled in at the first of them, however
// many calls have begun since the latest: the numbers are those of frames that
// are filled in at once. Each case runs twice, because the first call of a
// context is.
//
// RUN: %unit %s -o %t && %t
#include "entry.h"
#include "records.h"

static uint64_t peak(unsigned function, uint32_t line) {
  return total(function, line).peak;
}

/* Recursion from line 2, in the middle of a visit; the inner call arrives at
 * line 2 as well, and may allocate there. */
static NOINLINE void recurse(unsigned depth, size_t bytes, size_t inner) {
  struct test_frame *frame = enter(A);
  at_line(frame, 2);
  if (depth) {
    test_malloc(block(1), bytes);
    recurse(depth - 1, bytes, inner);
    test_malloc(block(2), bytes);
    test_free(block(1));
    test_free(block(2));
  } else if (inner) {
    test_malloc(block(3), inner);
    test_free(block(3));
  }
  __memprofpass_exit(frame);
}

static void visits_outlive_recursion(void) {
  recurse(1, 10, 0);
  CHECK(peak(A, 2) == 20);
  recurse(1, 100, 0); /* 100 before the inner call, 100 after it */
  CHECK(peak(A, 2) == 200);
  recurse(1, 1000, 5000); /* 1000 before it, and 5000 in it */
  CHECK(peak(A, 2) == 6000);
}

static NOINLINE void leave_open(void) { at_line(enter(C), 1); }

/* C is left from line 1 of B by a jump that nobody saw: its end stands on that
 * line, wherever B is by then. */
static NOINLINE void abandon(void) {
  struct test_frame *frame = enter(B);
  at_line(frame, 1);
  leave_open();
  at_line(frame, 3);
  __memprofpass_exit(frame);
}

static void lost_ends_stand_on_the_line_of_the_call(void) {
  for (unsigned i = 0; i < 3; i++) {
    abandon();
    CHECK(total(C, 0).in_flight == 0 && total(B, 0).in_flight == 0);
  }
  CHECK(total(B, 1).stamp && !total(B, 3).stamp);
  CHECK(total(C, 0).calls == 3);
}

/* A handler interrupts a call that has just taken its place, and jumps out. */
static NOINLINE void places_are_given_back(void) {
  struct memprof_frame *place = mprt_self->top + 1;
  uintptr_t here = HERE;
  place->cfa = here;
  struct test_frame *frame = enter(D);
  CHECK((void *)frame != place); /* it may still begin */
  __memprofpass_exit(frame);
  CHECK(place->cfa == here);
  __memprofpass_jumping(here + 1);
  CHECK(place->cfa == 0);
  frame = enter(D);
  CHECK((void *)frame == place);
  __memprofpass_exit(frame);
  CHECK(total(D, 0).calls == 2 && total(D, 0).in_flight == 0);
}

static NOINLINE void leaf(void) {
  struct test_frame *frame = enter(D);
  at_line(frame, 4);
  test_malloc(block(9), 64);
  test_free(block(9));
  __memprofpass_exit(frame);
}

/* B -> C -> D, and the first event is in D: what the three calls have come to
 * counts from where each began. */
static NOINLINE void nest_inner(size_t after) {
  struct test_frame *frame = enter(C);
  at_line(frame, 6);
  leaf();
  at_line(frame, 7);
  if (after)
    test_malloc(block(8), after);
  __memprofpass_exit(frame);
}
static NOINLINE void nest(size_t after) {
  struct test_frame *frame = enter(B);
  at_line(frame, 5);
  nest_inner(after);
  at_line(frame, 6);
  if (after)
    test_free(block(8));
  __memprofpass_exit(frame);
}

static void all_open_calls_are_filled_in(void) {
  nest(0);
  nest(0);
  CHECK(peak(B, 5) == 64 && peak(C, 6) == 64 && peak(D, 4) == 64);
  nest(100);
  CHECK(peak(B, 5) == 100 && peak(C, 6) == 64 && peak(C, 7) == 100);
  CHECK(total(B, 6).freed == 100 && total(C, 7).bytes == 100);
  CHECK(process_live() == 0 && mprt_thread()->live == 0);
}

int main(void) {
  test_wake("*");
  mprt_attach();
  visits_outlive_recursion();
  lost_ends_stand_on_the_line_of_the_call();
  places_are_given_back();
  all_open_calls_are_filled_in();
  CHECK(mprt_self->top == mprt_self->base && mprt_self->base[1].cfa == 0);
  return CHECK_RESULT();
}
