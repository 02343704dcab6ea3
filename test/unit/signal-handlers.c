// A signal handler that calls marked functions may interrupt a hook anywhere:
// nothing hangs, every call ends, and what the handler gives back is balanced.
//
// RUN: %unit %s -o %t && %t
#include "records.h"
#include <signal.h>
#include <sys/time.h>

static volatile uint64_t handled;

static NOINLINE void in_handler(void) {
  struct test_frame *frame = enter(D);
  at_line(frame, 1);
  test_malloc(block(1), 10);
  at_line(frame, 2);
  test_free(block(1));
  __memprofpass_exit(frame);
}

static void handler(int number) {
  (void)number;
  in_handler();
  handled++;
}

/* Deep enough to cross blocks of frames. */
static NOINLINE void descend(unsigned depth, unsigned function) {
  struct test_frame *frame = enter(function);
  at_line(frame, 1 + depth % 7);
  test_malloc(block(2 + depth), 24);
  if (depth)
    descend(depth - 1, (function + 1) % 3);
  test_free(block(2 + depth));
  __memprofpass_exit(frame);
}

int main(void) {
  enum { DEPTH = 70, SIGNALS = 2000 };
  const struct itimerval often = {{0, 100}, {0, 100}}, never = {{0, 0}, {0, 0}};
  uint64_t turns = 0;
  test_wake("*");
  mprt_attach();
  signal(SIGALRM, handler);
  setitimer(ITIMER_REAL, &often, NULL);
  while (handled < SIGNALS) {
    descend(DEPTH, (unsigned)turns % 3);
    turns++;
  }
  setitimer(ITIMER_REAL, &never, NULL);
  /* a handler that came while a record was being made had to do without */
  uint64_t calls = total(D, 0).calls;
  CHECK(calls <= handled);
  CHECK(calls + mprt_header()->dropped_frames == handled);
  CHECK(total(A, 0).calls + total(B, 0).calls + total(C, 0).calls ==
        turns * (DEPTH + 1));
  for (unsigned f = A; f <= D; f++)
    CHECK(total(f, 0).in_flight == 0);
  CHECK(mprt_thread()->top == mprt_thread()->base);
  CHECK(mprt_self->top == mprt_self->base && mprt_self->base[1].cfa == 0);
  CHECK(process_live() == 0 && mprt_thread()->live == 0);
  CHECK(mprt_header()->unseen_releases == 0);
  return CHECK_RESULT();
}
