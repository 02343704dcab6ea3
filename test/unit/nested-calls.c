// An event stands in the context of the marked functions on the stack, each at
// its innermost activation: callees count on their callers' lines, once.
//
// RUN: %unit %s -o %t && %t
#include "records.h"

static NOINLINE void b_calls_nothing(void) {
  struct test_frame *frame = enter(B);
  at_line(frame, 2);
  test_malloc(block(1), 1000);
  __memprofpass_exit(frame);
}

static NOINLINE void a_calls_b(void) {
  struct test_frame *frame = enter(A);
  at_line(frame, 1);
  test_malloc(block(2), 10);
  at_line(frame, 3);
  b_calls_nothing();
  at_line(frame, 3);
  b_calls_nothing(); /* the same address again: its release was not seen */
  __memprofpass_exit(frame);
}

// C -> D -> C: the inner C's event counts on D's call line, not on the outer
// C's line once more.
static NOINLINE void d(void);
static NOINLINE void c(int level) {
  struct test_frame *frame = enter(C);
  at_line(frame, 1);
  test_malloc(block(10 + (uintptr_t)level), 100);
  if (level == 0) {
    at_line(frame, 2);
    d();
  }
  __memprofpass_exit(frame);
}

static NOINLINE void d(void) {
  struct test_frame *frame = enter(D);
  at_line(frame, 1);
  test_malloc(block(12), 7);
  at_line(frame, 2);
  c(1);
  __memprofpass_exit(frame);
}

static void nested(void) {
  a_calls_b();
  CHECK(total(A, 0).calls == 1 && total(A, 0).in_flight == 0);
  CHECK(total(B, 0).calls == 2 && total(B, 0).nodes == 1);
  CHECK(total(A, 1).bytes == 10 && total(A, 3).bytes == 0);
  CHECK(total(B, 2).bytes == 2000 && total(B, 2).allocs == 2);
  CHECK(inclusive_bytes(A, 3) == 2000 && inclusive_bytes(A, 1) == 10);
  CHECK(total(A, 3).mem_usage == 2010 && total(A, 3).peak == 1000);
  CHECK(total(A, 3).hits == 2 && total(B, 2).hits == 2);
  /* the first block of B was released behind our back */
  CHECK(mprt_header()->unseen_releases == 1);
  CHECK(total(B, 2).kept == 1000 && process_live() == 1010);
}

static void mutual(void) {
  c(0);
  CHECK(total(C, 0).calls == 2 && total(D, 0).calls == 1);
  CHECK(inclusive_bytes(C, 1) == 200 && inclusive_bytes(C, 2) == 7);
  CHECK(inclusive_bytes(D, 1) == 7 && inclusive_bytes(D, 2) == 100);
  CHECK(total(C, 2).peak == 107 && total(D, 2).peak == 100);
}

static void outside(void) {
  uint64_t live = process_live();
  test_malloc(block(50), 5000); /* under no marked function: not ours */
  test_free(block(50));
  CHECK(process_live() == live);
  test_free(block(2)); /* ours, released outside */
  CHECK(total(A, 1).kept == 0 && total(A, 1).frees == 0);
  CHECK(process_live() == live - 10);
  CHECK(mprt_thread()->live == (int64_t)live + 1000);
}

int main(void) {
  test_wake("*");
  nested();
  mutual();
  outside();
  return CHECK_RESULT();
}
