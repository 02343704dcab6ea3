// Per call: smallest, largest, sum and first of each metric; a call that
// released more than it allocated kept 0; a call without events counts as 0s.
//
// RUN: %unit %s -o %t && %t
#include "records.h"

/* Allocates `allocs` blocks of 100 bytes, then releases `frees` of those that
 * there are. */
static uintptr_t blocks;
static NOINLINE void call(unsigned function, unsigned allocs, unsigned frees) {
  struct test_frame *frame = enter(function);
  at_line(frame, 1);
  while (allocs--)
    test_malloc(block(blocks++), 100);
  at_line(frame, 2);
  while (frees--)
    test_free(block(--blocks));
  __memprofpass_exit(frame);
}

/* The newest context: the list of children starts with it. */
static const struct memprof_node *context(void) {
  const struct memprof_node *root = mprt_at(mprt_thread()->root);
  return mprt_at(root->child);
}

static bool is(enum memprof_call_metric metric, uint64_t min, uint64_t max,
               uint64_t sum, uint64_t first) {
  const struct memprof_stat *stat = &context()->per_call[metric];
  return stat->min == min && stat->max == max && stat->sum == sum &&
         stat->first == first;
}

int main(void) {
  test_wake("*");
  call(A, 3, 1);
  CHECK(is(MEMPROF_CALL_allocs, 3, 3, 3, 3));
  call(A, 5, 3);
  call(A, 1, 4); /* kept: less than nothing */
  CHECK(is(MEMPROF_CALL_allocs, 1, 5, 9, 3));
  CHECK(is(MEMPROF_CALL_frees, 1, 4, 8, 1));
  CHECK(is(MEMPROF_CALL_bytes, 100, 500, 900, 300));
  CHECK(is(MEMPROF_CALL_peak, 100, 500, 900, 300));
  CHECK(is(MEMPROF_CALL_kept, 0, 200, 400, 200));
  uint64_t first = context()->first_stamp;
  call(A, 0, 0);
  CHECK(is(MEMPROF_CALL_allocs, 0, 5, 9, 3));
  CHECK(is(MEMPROF_CALL_frees, 0, 4, 8, 1));
  CHECK(is(MEMPROF_CALL_bytes, 0, 500, 900, 300));
  CHECK(is(MEMPROF_CALL_peak, 0, 500, 900, 300));
  CHECK(is(MEMPROF_CALL_kept, 0, 200, 400, 200));
  call(A, 0, 1);
  CHECK(is(MEMPROF_CALL_frees, 0, 4, 9, 1));
  CHECK(context()->calls == 5 && context()->first_stamp == first);
  CHECK(context()->entry_live == 100 && context()->entry_stamp > first);
  /* calls that only release, then one that does nothing */
  call(A, 4, 0);
  call(B, 0, 2);
  CHECK(is(MEMPROF_CALL_frees, 2, 2, 2, 2));
  call(B, 0, 0);
  CHECK(is(MEMPROF_CALL_frees, 0, 2, 2, 2));
  return CHECK_RESULT();
}
