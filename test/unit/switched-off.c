// Switched off: calls that run go on counting, new ones do not, and releases
// of counted blocks still lower Kept.
//
// RUN: %unit %s -o %t && %t
#include "records.h"
#include <errno.h>

/* Generated code looks at the live word before it calls the twin. */
static NOINLINE void b(void) {
  if (!test.live[B])
    return;
  struct test_frame *frame = enter(B);
  at_line(frame, 1);
  test_malloc(block(2), 5);
  __memprofpass_exit(frame);
}

static NOINLINE void a(void) {
  struct test_frame *frame = enter(A);
  at_line(frame, 1);
  test_malloc(block(1), 100);
  mprt_registry_activate(false);
  b();
  at_line(frame, 2);
  test_malloc(block(3), 20);
  __memprofpass_exit(frame);
}

/* An in-place function asleep: its frame counts for nobody. */
static NOINLINE void in_place(void) {
  struct test_frame *frame = enter(C);
  CHECK(frame != NULL);
  at_line(frame, 3);
  test_malloc(block(4), 1);
  __memprofpass_landed(frame);
  __memprofpass_exit(frame);
}

int main(void) {
  test_wake("*");
  errno = 4711;
  a();
  in_place();
  CHECK(total(A, 1).bytes == 100 && total(A, 2).bytes == 20);
  CHECK(total(B, 0).calls == 0 && total(C, 0).calls == 0);
  CHECK(process_live() == 120);
  test_free(block(1));
  CHECK(total(A, 1).kept == 0 && process_live() == 20);
  mprt_registry_activate(true);
  b();
  CHECK(total(B, 1).bytes == 5);
  CHECK(errno == 4711);
  return CHECK_RESULT();
}
