// Calls whose exit was lost: healed by the exit of a call below, by an event or
// a call that stands above them on the same stack, and by the landing of
// setjmp. Another stack's frames are left alone.
//
// RUN: %unit %s -o %t && %t && %t thread
#include "records.h"
#include <pthread.h>
#include <setjmp.h>
#include <ucontext.h>

static NOINLINE void abandoned(void) {
  struct test_frame *frame = enter(B);
  at_line(frame, 1);
  test_malloc(block(1), 100);
  char *volatile deeper = __builtin_alloca(512); /* an address further down */
  *deeper = 0;
}

static NOINLINE void abandoned_twice(void) {
  struct test_frame *frame = enter(C);
  at_line(frame, 1);
  abandoned();
}

static NOINLINE void healed_by_exit(void) {
  struct test_frame *frame = enter(A);
  at_line(frame, 1);
  abandoned_twice();
  __memprofpass_exit(frame);
}

static void by_exit(void) {
  healed_by_exit();
  CHECK(total(A, 0).in_flight == 0 && total(B, 0).in_flight == 0);
  CHECK(total(C, 0).calls == 1 && total(C, 0).in_flight == 0);
  CHECK(total(A, 1).peak == 100 && total(A, 1).mem_usage == 100);
  CHECK(mprt_thread()->top == mprt_thread()->base);
  test_free(block(1));
}

static NOINLINE void healed_by_event(void) {
  struct test_frame *frame = enter(A);
  at_line(frame, 2);
  abandoned_twice();
  at_line(frame, 3);
  test_malloc(block(2), 7); /* A's own, not B's */
  CHECK(total(B, 0).in_flight == 0 && total(C, 0).in_flight == 0);
  __memprofpass_exit(frame);
}

static void by_event(void) {
  healed_by_event();
  CHECK(total(A, 3).bytes == 7);
  CHECK(total(A, 2).peak == 100); /* its end counts on the line of the call */
  CHECK(total(A, 3).peak == 7);
  test_free(block(1));
  test_free(block(2));
}

static NOINLINE void called_after(void) {
  struct test_frame *frame = enter(D);
  at_line(frame, 1);
  __memprofpass_exit(frame);
}

static NOINLINE void healed_by_call(void) {
  struct test_frame *frame = enter(A);
  at_line(frame, 4);
  abandoned_twice();
  called_after(); /* at abandoned_twice's depth: not called by it */
  CHECK(total(B, 0).in_flight == 0 && total(C, 0).in_flight == 0);
  CHECK(total(A, 0).in_flight == 1);
  __memprofpass_exit(frame);
  test_free(block(1));
}

static jmp_buf back;
static NOINLINE void jumps(void) {
  struct test_frame *frame = enter(B);
  at_line(frame, 2);
  longjmp(back, 1);
}

static NOINLINE void lands(void) {
  struct test_frame *volatile frame = enter(A);
  if (setjmp(back) == 0) {
    __memprofpass_landed(frame);
    at_line(frame, 5);
    jumps();
  }
  CHECK(total(B, 0).in_flight == 1);
  __memprofpass_landed(frame);
  CHECK(total(B, 0).in_flight == 0);
  __memprofpass_exit(frame);
  __memprofpass_exit(frame); /* a second exit is nobody's */
}

/* ---- Another stack ---- */

static ucontext_t outer, inner;
static char stack[1 << 16] __attribute__((aligned(16)));

static NOINLINE void on_other_stack(void) {
  struct test_frame *frame = enter(D);
  at_line(frame, 2);
  test_malloc(block(3), 30);
  swapcontext(&inner, &outer);
  at_line(frame, 3);
  test_malloc(block(4), 40);
  __memprofpass_exit(frame);
}

static NOINLINE void uses_other_stack(void) {
  struct test_frame *frame = enter(A);
  at_line(frame, 6);
  getcontext(&inner);
  inner.uc_stack.ss_sp = stack;
  inner.uc_stack.ss_size = sizeof stack;
  inner.uc_link = &outer;
  makecontext(&inner, on_other_stack, 0);
  swapcontext(&outer, &inner);       /* D is open, on its stack */
  test_malloc(block(5), 50);         /* A's: D is on the other stack */
  CHECK(total(D, 0).in_flight == 1); /* no order between the stacks */
  swapcontext(&outer, &inner);
  __memprofpass_exit(frame);
}

/* A stack above the thread's own: an event there does not mean that the calls
 * below were abandoned. */
static void *high_stack; /* NULL: none is known */

static NOINLINE void event_up_there(void) { test_malloc(block(7), 70); }

static NOINLINE void uses_stack_above(void) {
  struct test_frame *frame = enter(A);
  at_line(frame, 4);
  getcontext(&inner);
  inner.uc_stack.ss_sp = high_stack;
  inner.uc_stack.ss_size = sizeof stack;
  inner.uc_link = &outer;
  makecontext(&inner, event_up_there, 0);
  swapcontext(&outer, &inner);
  /* nor does it belong to them */
  CHECK(total(A, 0).in_flight == 1 && total(A, 4).bytes == 0);
  __memprofpass_exit(frame);
  test_free(block(7));
}

static void other_stack(void) {
  uses_other_stack();
  CHECK(total(D, 2).bytes == 30 && total(D, 3).bytes == 40);
  CHECK(total(A, 6).bytes == 50);
  CHECK(total(A, 0).in_flight == 0 && total(D, 0).in_flight == 0);
}

/* An abandoned call that goes on writes into a frame that is another's now: an
 * index past the function's lines reaches nothing. */
static NOINLINE void strange_line(void) {
  struct test_frame *frame = enter(D);
  frame->line = 100000;
  test_malloc(block(6), 60);
  test_free(block(6));
  called_after();
  CHECK(total(D, 0).bytes == 60 && total(D, 0).frees == 1);
  __memprofpass_exit(frame);
}

static void *all(void *argument) {
  by_exit();
  by_event();
  healed_by_call();
  lands();
  other_stack();
  strange_line();
  if (high_stack)
    uses_stack_above();
  CHECK(mprt_thread()->top == mprt_thread()->base);
  for (uintptr_t i = 1; i < 6; i++)
    test_free(block(i));
  CHECK(process_live() == 0);
  return argument;
}

/* Deep below, a block of frames or two further up, and from there at once. */
static NOINLINE void dive(unsigned depth) {
  struct test_frame *frame = enter(C);
  at_line(frame, 7);
  if (depth)
    dive(depth - 1);
}

static NOINLINE void dives(void) {
  struct test_frame *frame = enter(A);
  at_line(frame, 7);
  dive(3000);
  __memprofpass_exit(frame);
}

static void deep(void) {
  uint64_t calls = total(C, 0).calls;
  for (int i = 0; i < 3; i++)
    dives();
  CHECK(total(C, 0).calls == calls + 3 * 3001);
  CHECK(total(C, 0).in_flight == 0 && total(A, 0).in_flight == 0);
}

int main(int argc, char **argv) {
  test_wake("*");
  (void)argv;
  if (argc > 1) { /* on a thread's stack, else on the first one */
    pthread_t thread;
    char above[sizeof stack] __attribute__((aligned(16)));
    high_stack = above;
    pthread_create(&thread, NULL, all, NULL);
    pthread_join(thread, NULL);
  } else {
    all(NULL);
  }
  deep();
  return CHECK_RESULT();
}
