// Past each limit of memprof_limits.h: one message, what is known goes on
// counting, and a counter says what was dropped.
//
// RUN: %unit %s -o %t && %t 2>&1 | FileCheck %s
#include "records.h"
#include <pthread.h>

//      CHECK: memprof: more than 262144 marked functions: what is new from here
// CHECK-NEXT: memprof: more than 4194304 lines with events, context by context:
// CHECK-NEXT: memprof: more than 262144 calling contexts: what is new
// CHECK-NEXT: memprof: more than 65536 threads at once: what is new
// CHECK-NEXT: done

static const uint32_t most[] = {
#define ROW(WHAT, MOST, ...) MOST,
    MEMPROF_LIMITS(ROW)
#undef ROW
};

static void exhaust(enum memprof_most what) {
  mprt_most_used[what] = most[what];
}

static NOINLINE void b(uint32_t line, uintptr_t number) {
  struct test_frame *frame = enter(B);
  at_line(frame, line);
  test_malloc(block(number), 10);
  __memprofpass_exit(frame);
}

static NOINLINE void a(uint32_t line, uintptr_t number) {
  struct test_frame *frame = enter(A);
  at_line(frame, line);
  b(1, number);
  __memprofpass_exit(frame);
}

static void functions(void) {
  static struct test_module other;
  static const char *const names[4] = {"a", "b", "e", "f"};
  test_module_make(&other, names);
  exhaust(MEMPROF_MOST_functions);
  test_module_register(&other); /* a and b are known */
  CHECK(mprt_header()->dropped_functions == 2);
  CHECK(other.live[0] == test.live[0] && other.live[1] == test.live[1]);
  CHECK(!other.live[2] && !other.live[3]);
}

static void lines(void) {
  b(1, 1);
  exhaust(MEMPROF_MOST_lines);
  b(1, 2);
  b(2, 3);
  b(2, 4);
  CHECK(total(B, 1).bytes == 20 && total(B, 2).bytes == 0);
  CHECK(mprt_header()->dropped_lines == 2 && mprt_thread()->bytes == 40);
  mprt_most_used[MEMPROF_MOST_lines] = 0;
}

static void contexts(void) {
  a(1, 5);
  exhaust(MEMPROF_MOST_contexts);
  a(1, 6); /* known */
  CHECK(mprt_header()->dropped_contexts == 0);
  a(2, 7);
  a(3, 8);
  CHECK(mprt_header()->dropped_contexts == 2 && total(B, 1).bytes == 60);
  CHECK(total(B, 1).nodes == 2);
}

static void *in_thread(void *number) {
  b(1, (uintptr_t)number);
  return NULL;
}

static void threads(void) {
  pthread_t thread;
  exhaust(MEMPROF_MOST_threads);
  for (uintptr_t i = 9; i < 11; i++) {
    pthread_create(&thread, NULL, in_thread, (void *)i);
    pthread_join(thread, NULL);
  }
  CHECK(mprt_header()->dropped_threads == 2 && total(B, 1).bytes == 60);
  b(1, 11);
  CHECK(total(B, 1).bytes == 70);
}

int main(void) {
  test_wake("*");
  functions();
  lines();
  contexts();
  threads();
  fprintf(stderr, "done\n");
  return CHECK_RESULT();
}
