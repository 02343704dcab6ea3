// Recursion: one context however deep, each call and each event counted once;
// a million frames deep, and back.
//
// RUN: %unit %s -o %t && %t
#include "records.h"
#include <pthread.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#endif
#endif
#ifdef __SANITIZE_THREAD__
enum { DEEP = 50000 }; /* its own shadow stack ends at 65536 */
#else
enum { DEEP = 1000000 };
#endif

static NOINLINE void descend(unsigned depth) {
  struct test_frame *frame = enter(A);
  at_line(frame, 1);
  test_malloc(block(depth), 10);
  at_line(frame, 2);
  if (depth > 1)
    descend(depth - 1);
  at_line(frame, 3);
  test_free(block(depth));
  __memprofpass_exit(frame);
}

static void check(uint64_t depth, uint64_t calls) {
  CHECK(total(A, 0).calls == calls && total(A, 0).in_flight == 0);
  CHECK(total(A, 0).nodes == 1);
  CHECK(total(A, 1).bytes == 10 * calls && total(A, 3).freed == 10 * calls);
  CHECK(total(A, 1).peak == 10);
  CHECK(total(A, 2).peak == 10 * (depth - 1));
  CHECK(total(A, 2).hits == calls);
  CHECK(total(A, 1).kept == 0 && process_live() == 0);
  CHECK(mprt_header()->peak == 10 * depth);
  CHECK(mprt_header()->dropped_frames == 0);
}

static NOINLINE void b(unsigned depth);
static NOINLINE void a(unsigned depth) {
  struct test_frame *frame = enter(C);
  at_line(frame, 4);
  test_malloc(block(depth), 1);
  if (depth > 0)
    b(depth - 1);
  __memprofpass_exit(frame);
}
static NOINLINE void b(unsigned depth) {
  struct test_frame *frame = enter(D);
  at_line(frame, 5);
  test_malloc(block(depth), 1);
  if (depth > 0)
    a(depth - 1);
  __memprofpass_exit(frame);
}

static void *deep(void *unused) {
  descend(1000);
  check(1000, 1000);
  descend(DEEP);
  check(DEEP, 1000 + DEEP);
  descend(DEEP); /* the frames of before are used again */
  check(DEEP, 1000 + 2 * DEEP);
  const struct memprof_stat *peak =
      &((struct memprof_node *)mprt_at(
            ((struct memprof_node *)mprt_at(mprt_thread()->root))->child))
           ->per_call[MEMPROF_CALL_peak];
  CHECK(peak->min == 10 && peak->max == 10 * DEEP && peak->first == 10);
  /* two functions in turns: a context for each order in which they stand */
  a(40001);
  CHECK(total(C, 0).calls == 20001 && total(D, 0).calls == 20001);
  CHECK(total(C, 0).nodes == 2 && total(D, 0).nodes == 2);
  CHECK(inclusive_bytes(C, 4) == 40002 && inclusive_bytes(D, 5) == 40001);
  return unused;
}

int main(void) {
  pthread_attr_t attributes;
  pthread_t thread;
  test_wake("*");
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, (size_t)768 << 20);
  CHECK(pthread_create(&thread, &attributes, deep, NULL) == 0);
  pthread_join(thread, NULL);
  return CHECK_RESULT();
}
