// A visit goes on when the function is called again further in, however often,
// with events or without: Peak counts from where it began.
//
// RUN: %unit %s -o %t && %t
#include "records.h"

static NOINLINE void b(unsigned depth, size_t size);

/* a -> b -> a -> b: the inner b counts where the outer one does. */
static NOINLINE void a(unsigned depth, size_t size) {
  struct test_frame *frame = enter(A);
  at_line(frame, 1);
  if (depth) {
    b(depth - 1, size);
  } else {
    if (size)
      test_malloc(block(1), 8);
    b(0, size);
    b(0, 0);
    at_line(frame, 2);
    if (size)
      test_malloc(block(3), size);
  }
  __memprofpass_exit(frame);
}

static NOINLINE void b(unsigned depth, size_t size) {
  struct test_frame *frame = enter(B);
  at_line(frame, 1);
  if (depth)
    a(0, size);
  at_line(frame, 2);
  if (!depth && size)
    test_malloc(block(2), size);
  __memprofpass_exit(frame);
}

int main(void) {
  test_wake("*");
  a(2, 0); /* from now on all contexts are known */
  a(2, 0);
  a(2, 50);
  CHECK(total(B, 0).calls == 9);
  CHECK(total(B, 2).peak == 50);
  CHECK(total(B, 1).peak == 8 + 50 + 50); /* the outer b's, of all in it */
  CHECK(total(A, 1).peak == 8 + 50 + 50);
  return CHECK_RESULT();
}
