// realloc: release and allocation in one event, so Peak sees the net; a failed
// one changes nothing; foreign blocks and marked frames make the difference.
//
// RUN: %unit %s -o %t && %t
#include "records.h"

static NOINLINE void grow(void) {
  struct test_frame *frame = enter(A);
  at_line(frame, 1);
  test_realloc(NULL, block(1), 1000);
  at_line(frame, 1);
  test_realloc(block(1), block(2), 2000); /* moved */
  at_line(frame, 1);
  test_realloc(block(2), block(2), 4000); /* in place */
  at_line(frame, 2);
  test_realloc(block(2), NULL, SIZE_MAX); /* failed */
  at_line(frame, 3);
  test_realloc(block(2), block(3), 500);
  at_line(frame, 4);
  test_realloc(block(3), NULL, 0); /* a release */
  at_line(frame, 5);
  test_realloc(block(4), block(5), 70); /* a block from before */
  at_line(frame, 6);
  test_malloc(NULL, 100); /* failed */
  test_free(NULL);
  test_realloc(NULL, NULL, 100);
  test_realloc(block(77), NULL, 0);
  __memprofpass_exit(frame);
}

static void outside(void) {
  test_realloc(block(5), block(6), 90);
  CHECK(total(A, 5).kept == 0 && process_live() == 0);
  test_free(block(6)); /* left the table */
  CHECK(total(A, 5).kept == 0 && process_live() == 0);
  CHECK(total(A, 5).frees == 0 && mprt_thread()->live == 70);
}

int main(void) {
  test_wake("*");
  grow();
  struct total line = total(A, 1);
  CHECK(line.allocs == 3 && line.bytes == 7000 && line.frees == 2);
  CHECK(line.freed == 3000 && line.peak == 2000 && line.mem_usage == 4000);
  CHECK(line.kept == 0);
  CHECK(total(A, 2).allocs == 0 && total(A, 2).frees == 0);
  CHECK(total(A, 3).allocs == 1 && total(A, 3).bytes == 500);
  CHECK(total(A, 3).frees == 1 && total(A, 3).freed == 4000);
  CHECK(total(A, 3).mem_usage == 500 && total(A, 3).peak == 0);
  CHECK(total(A, 4).frees == 1 && total(A, 4).allocs == 0);
  CHECK(total(A, 5).allocs == 1 && total(A, 5).frees == 0);
  CHECK(total(A, 6).stamp == 0); /* no event at all */
  CHECK(mprt_header()->peak == 4000 && process_live() == 70);
  outside();
  return CHECK_RESULT();
}
