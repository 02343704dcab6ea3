// When the image is full, what is new is counted with less detail, said once,
// and the sums stay balanced.
//
// RUN: %unit %s -o %t && %t 2>&1 | FileCheck %s
#include "records.h"

//     CHECK: memprof: the profile is full (
// CHECK-NOT: memprof:
//     CHECK: done

/* Leaves room for `left` bytes. */
static void fill_up(size_t left) {
  for (size_t size = (size_t)1 << 28; size >= 64; size /= 2)
    while (mprt_header()->capacity - mprt_header()->used >= size + left)
      if (!mprt_arena_alloc(MEMPROF_KIND_STRING, size, NULL, NULL))
        return;
}

static NOINLINE void b(uint32_t line, uintptr_t number) {
  struct test_frame *frame = enter(B);
  at_line(frame, line);
  test_malloc(block(number), 10);
  __memprofpass_exit(frame);
}

static NOINLINE void a(uint32_t line, uint32_t line_of_b, uintptr_t number) {
  struct test_frame *frame = enter(A);
  at_line(frame, line);
  b(line_of_b, number);
  __memprofpass_exit(frame);
}

static NOINLINE void c(unsigned depth) {
  struct test_frame *frame = enter(C);
  at_line(frame, 1);
  if (depth)
    c(depth - 1);
  __memprofpass_exit(frame);
}

int main(void) {
  test_wake("*");
  b(1, 1);    /* root -> b, and its line 1 */
  a(1, 1, 2); /* root -> a, its line 1, a -> b, and its line 1 */
  c(0);       /* root -> c */
  CHECK(total(B, 1).nodes == 2 && mprt_header()->dropped_contexts == 0);

  fill_up(0);
  a(2, 1, 3); /* a new context of b: folded into root -> b */
  CHECK(mprt_header()->dropped_contexts == 1);
  CHECK(total(B, 0).calls == 3 && total(B, 1).bytes == 30);
  CHECK(total(B, 1).nodes == 2);
  CHECK(mprt_header()->dropped_lines == 1); /* a's line 2, at b's return */
  a(2, 1, 4);                               /* remembered, counted once */
  CHECK(mprt_header()->dropped_contexts == 1);

  uint64_t lines = mprt_header()->dropped_lines;
  b(2, 5); /* no room for the line: the root's has it */
  CHECK(mprt_header()->dropped_lines > lines && total(B, 2).bytes == 0);
  CHECK(total(B, 0).calls == 5);
  CHECK(mprt_thread()->live == 50 && process_live() == 50);

  c(500); /* no room for frames: the deep ones count for nobody */
  CHECK(total(C, 0).in_flight == 0 && mprt_header()->dropped_frames > 300);
  CHECK(total(C, 0).calls + mprt_header()->dropped_frames == 502);
  CHECK(mprt_thread()->top == mprt_thread()->base);

  for (uintptr_t i = 1; i <= 5; i++)
    test_free(block(i));
  CHECK(process_live() == 0 && total(B, 1).kept == 0);
  fprintf(stderr, "done\n");
  return CHECK_RESULT();
}
