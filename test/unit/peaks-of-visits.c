// Peak of a line is the largest rise over one visit: a loop that releases what
// it allocates shows one block; in a recursive function the visit of an outer
// activation goes on after the inner ones.
//
// RUN: %unit %s -o %t && %t
#include "records.h"

static NOINLINE void loop(void) {
  struct test_frame *frame = enter(A);
  for (int i = 0; i < 100; i++) {
    at_line(frame, 1);
    test_malloc(block(1), 4096);
    at_line(frame, 2);
    test_free(block(1));
  }
  for (int i = 0; i < 100; i++) { /* both on one line */
    at_line(frame, 3);
    test_malloc(block(1), 64);
    test_free(block(1));
  }
  at_line(frame, 4); /* one visit: a loop on one line adds up */
  for (uintptr_t i = 0; i < 100; i++)
    test_malloc(block(1 + i), 8);
  at_line(frame, 5);
  for (uintptr_t i = 0; i < 100; i++)
    test_free(block(1 + i));
  __memprofpass_exit(frame);
}

// x = malloc(100); f(n - 1); y = malloc(10); on one line
static NOINLINE void f(unsigned n) {
  struct test_frame *frame = enter(B);
  if (n > 0) {
    at_line(frame, 1);
    test_malloc(block(2 * n), 100);
    f(n - 1);
    test_malloc(block(2 * n + 1), 10);
    at_line(frame, 2);
    test_free(block(2 * n));
    test_free(block(2 * n + 1));
  }
  __memprofpass_exit(frame);
}

// the visit goes on after a callee that arrived at the same line
static NOINLINE void g(unsigned n, bool is_first) {
  struct test_frame *frame = enter(B);
  at_line(frame, 3);
  test_malloc(block(n), 10);
  if (n > 0)
    g(n - 1, false);
  if (is_first) {
    test_malloc(block(100), 1000);
    test_free(block(100));
  }
  at_line(frame, 4);
  test_free(block(n));
  __memprofpass_exit(frame);
}

// the same after a callee in which nothing happened
static NOINLINE void quiet(unsigned n) {
  struct test_frame *frame = enter(B);
  at_line(frame, 5);
  if (n > 0) {
    test_malloc(block(n), 10);
    quiet(n - 1);
    test_malloc(block(100), 1000);
    at_line(frame, 6);
    test_free(block(100));
    at_line(frame, 7);
    quiet(0); /* its return is an event of this line */
    at_line(frame, 6);
    test_free(block(n));
    at_line(frame, 7);
    quiet(0);
  }
  __memprofpass_exit(frame);
}

// a temporary of a callee is the peak of the call line, and nowhere else
static NOINLINE void temporary(void) {
  struct test_frame *frame = enter(D);
  at_line(frame, 1);
  test_malloc(block(1), 1 << 20);
  at_line(frame, 2);
  test_free(block(1));
  __memprofpass_exit(frame);
}
static NOINLINE void caller(void) {
  struct test_frame *frame = enter(C);
  at_line(frame, 1);
  test_malloc(block(2), 5);
  at_line(frame, 2);
  temporary();
  at_line(frame, 3);
  test_free(block(2));
  __memprofpass_exit(frame);
}

int main(void) {
  test_wake("*");
  loop();
  CHECK(total(A, 1).peak == 4096 && total(A, 1).bytes == 409600);
  CHECK(total(A, 2).peak == 0 && total(A, 2).freed == 409600);
  CHECK(total(A, 1).mem_usage == 4096 && total(A, 2).mem_usage == 0);
  CHECK(total(A, 3).peak == 64 && total(A, 3).mem_usage == 0);
  CHECK(total(A, 4).peak == 800 && total(A, 5).peak == 0);
  f(3);
  CHECK(total(B, 1).peak == 310 && total(B, 1).mem_usage == 110);
  CHECK(total(B, 1).bytes == 330 && total(B, 2).freed == 330);
  g(2, true);
  CHECK(total(B, 3).peak == 1010 && total(B, 4).peak == 0);
  quiet(1);
  CHECK(total(B, 5).peak == 1010 && total(B, 5).mem_usage == 1010);
  CHECK(total(B, 6).mem_usage == 0 && total(B, 6).frees == 2);
  CHECK(total(B, 7).mem_usage == 0 && total(B, 7).frees == 0);
  caller();
  CHECK(total(C, 1).peak == 5 && total(C, 2).peak == 1 << 20);
  CHECK(total(C, 2).mem_usage == 5 && total(C, 3).peak == 0);
  CHECK(total(C, 2).allocs == 0 && inclusive_bytes(C, 2) == 1 << 20);
  CHECK(process_live() == 0 && mprt_header()->peak == (1 << 20) + 5);
  return CHECK_RESULT();
}
