// What was live per line at the process's high-water mark: noted by the line's
// next change, so it adds up to the peak at any moment.
//
// RUN: %unit %s -o %t && %t
#include "records.h"

static uint64_t at_peak(uint32_t index) {
  const struct memprof_thread *thread = mprt_thread();
  const struct memprof_node *root = mprt_at(thread->root);
  const struct memprof_node *node = mprt_at(root->child);
  memprof_ref line = memprof_node_lines(node)[index];
  return line ? memprof_line_at_peak(mprt_at(line), mprt_header()->peak_epoch)
              : 0;
}

static void adds_up(uint64_t peak) {
  CHECK(mprt_header()->peak == peak);
  CHECK(at_peak(1) + at_peak(2) + at_peak(3) + at_peak(4) == peak);
}

static NOINLINE void rise_and_fall(void) {
  struct test_frame *frame = enter(A);
  at_line(frame, 1);
  test_malloc(block(1), 100);
  at_line(frame, 2);
  test_malloc(block(2), 1000);
  CHECK(at_peak(1) == 100 && at_peak(2) == 1000); /* nothing changed since */
  adds_up(1100);
  at_line(frame, 3);
  test_free(block(1));
  CHECK(at_peak(1) == 100 && at_peak(2) == 1000 && at_peak(3) == 0);
  adds_up(1100);
  at_line(frame, 4);
  test_malloc(block(3), 50); /* live 1050: no new peak */
  CHECK(at_peak(4) == 0);
  adds_up(1100);
  test_malloc(block(4), 51); /* live 1101 */
  CHECK(at_peak(1) == 0 && at_peak(2) == 1000 && at_peak(4) == 101);
  adds_up(1101);
  test_realloc(block(2), block(5), 2000); /* live 2101, on line 4 now */
  CHECK(at_peak(2) == 0 && at_peak(4) == 2101);
  adds_up(2101);
  test_free(block(5));
  test_free(block(3));
  test_free(block(4));
  CHECK(at_peak(4) == 2101 && at_peak(2) == 0);
  adds_up(2101);
  at_line(frame, 2);
  test_malloc(block(6), 2000); /* a line from before the peak, after it */
  CHECK(at_peak(4) == 2101 && at_peak(2) == 0);
  adds_up(2101);
  __memprofpass_exit(frame);
}

int main(void) {
  test_wake("*");
  rise_and_fall();
  test_free(block(6));
  adds_up(2101);
  CHECK(process_live() == 0);
  return CHECK_RESULT();
}
