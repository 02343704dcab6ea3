// scope=process: what happens outside marked functions is counted too, as one
// row with a live of its own; marked functions' numbers are the same.
//
// RUN: %unit %s -o %t && %t
#include "records.h"
#include <pthread.h>

/* The root contexts' line: id 0 is no function. */
#define OUTSIDE ((unsigned)-1)

static NOINLINE void a(void) {
  struct test_frame *frame = enter(A);
  at_line(frame, 1);
  test_malloc(block(1), 1000);
  test_free(block(2));
  __memprofpass_exit(frame);
}

static void *outside_only(void *argument) {
  test_malloc(block(10), 7);
  return argument;
}

int main(void) {
  mprt_init();
  mprt_config.scope = 1;
  test_wake("*");
  test_malloc(block(2), 10);
  test_malloc(block(3), 20);
  test_free(block(3));
  CHECK(total(OUTSIDE, 0).allocs == 2 && total(OUTSIDE, 0).bytes == 30);
  CHECK(total(OUTSIDE, 0).frees == 1 && total(OUTSIDE, 0).peak == 30);
  CHECK(total(OUTSIDE, 0).mem_usage == 10 && total(OUTSIDE, 0).kept == 10);
  CHECK(mprt_thread()->live == 0);
  a();
  CHECK(total(A, 1).bytes == 1000 && total(A, 1).freed == 10);
  CHECK(total(A, 1).peak == 1000 && mprt_thread()->live == 990);
  CHECK(total(OUTSIDE, 0).kept == 0 && total(OUTSIDE, 0).frees == 1);
  test_realloc(block(1), block(4), 1500);
  CHECK(total(A, 1).kept == 0 && total(OUTSIDE, 0).kept == 1500);
  CHECK(total(OUTSIDE, 0).bytes == 1530 && total(OUTSIDE, 0).freed == 1020);
  CHECK(mprt_thread()->live == 990 && process_live() == 1500);
  pthread_t thread;
  pthread_create(&thread, NULL, outside_only, NULL);
  pthread_join(thread, NULL);
  CHECK(total(OUTSIDE, 0).allocs == 4 && total(OUTSIDE, 0).bytes == 1537);
  mprt_registry_activate(false);
  test_malloc(block(5), 99); /* off: no new charges */
  test_free(block(4));       /* but releases are seen */
  CHECK(total(OUTSIDE, 0).allocs == 4 && process_live() == 7);
  return CHECK_RESULT();
}
