// Temporary: blocks that the thread released before its next allocation under a
// marked function, on the line that allocated them. A realloc moves a block on,
// it does not release it; what another thread releases is not temporary.
//
// RUN: %unit %s -o %t && %t
#include "records.h"
#include <pthread.h>

static uint64_t temporary(unsigned function, uint32_t line) {
  return total(function, line).temporary;
}

static void *release(void *at) {
  test_free(at);
  return NULL;
}

static void release_elsewhere(void *at) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, release, at) != 0)
    abort();
  pthread_join(thread, NULL);
}

static NOINLINE void lines(void) {
  struct test_frame *frame = enter(A);
  for (uintptr_t i = 0; i < 3; i++) { /* 3 of 3 */
    at_line(frame, 1);
    test_malloc(block(1), 10);
    at_line(frame, 2);
    test_free(block(1));
  }
  at_line(frame, 3);
  test_malloc(block(1), 10);
  test_malloc(block(2), 10); /* of the two only the second is the latest */
  test_free(block(1));
  test_free(block(2));
  at_line(frame, 4);
  test_malloc(block(1), 10);
  test_realloc(block(1), block(2), 20); /* 1 goes on as 2 */
  test_free(block(2));                  /* and that was the latest */
  at_line(frame, 5);
  test_malloc(block(3), 10);
  release_elsewhere(block(3));
  at_line(frame, 6);
  test_malloc(block(4), 10);
  test_malloc(NULL, 10); /* failed: not an allocation */
  at_line(frame, 7);
  test_realloc(block(4), NULL, 0); /* a release */
  test_malloc(block(5), 10);
  __memprofpass_exit(frame);
}

int main(void) {
  test_wake("*");
  lines();
  CHECK(temporary(A, 1) == 3 && temporary(A, 2) == 0);
  CHECK(temporary(A, 3) == 1);
  CHECK(temporary(A, 4) == 1);
  CHECK(temporary(A, 5) == 0);
  CHECK(temporary(A, 6) == 1);
  CHECK(temporary(A, 7) == 0);
  test_malloc(block(6), 10); /* outside: not the thread's next one */
  test_free(block(5));
  CHECK(temporary(A, 7) == 1);
  return CHECK_RESULT();
}
