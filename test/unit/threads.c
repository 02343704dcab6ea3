// Threads: no call and no byte is lost; a release by another thread lowers
// Kept; a finished thread's record is adopted with its counters.
//
// RUN: %unit %s -o %t && %t
#include "records.h"
#include <pthread.h>

enum { THREADS = 4, CALLS = 10000 };
static pthread_barrier_t start;

static NOINLINE void work(uintptr_t number) {
  struct test_frame *frame = enter(A);
  at_line(frame, 1);
  test_malloc(block(number), 24);
  at_line(frame, 2);
  test_malloc(block(number + 1), 8);
  at_line(frame, 3);
  test_free(block(number));
  __memprofpass_exit(frame);
}

static void *run(void *argument) {
  uintptr_t number = (uintptr_t)argument * 1000;
  for (int i = 0; i < CALLS; i++) {
    work(number);
    test_free(block(number + 1));
    if (i == 0)
      pthread_barrier_wait(&start); /* four records, none adopted yet */
  }
  return argument;
}

static void exact(void) {
  pthread_t threads[THREADS];
  pthread_barrier_init(&start, NULL, THREADS);
  for (uintptr_t i = 0; i < THREADS; i++)
    pthread_create(&threads[i], NULL, run, (void *)(i + 1));
  for (int i = 0; i < THREADS; i++)
    pthread_join(threads[i], NULL);
  CHECK(total(A, 0).calls == THREADS * CALLS && total(A, 0).in_flight == 0);
  CHECK(total(A, 1).hits == THREADS * CALLS);
  CHECK(total(A, 1).bytes == 24 * THREADS * CALLS && total(A, 1).kept == 0);
  CHECK(total(A, 2).bytes == 8 * THREADS * CALLS && total(A, 2).kept == 0);
  CHECK(total(A, 3).frees == THREADS * CALLS && total(A, 3).freed == 960000);
  CHECK(total(A, 1).mem_usage == 8 * CALLS + 16); /* live is per thread */
  CHECK(total(A, 2).elsewhere == 0);
  CHECK(process_live() == 0);
  CHECK(mprt_header()->peak >= 32 && mprt_header()->peak <= 32 * THREADS);
  CHECK(mprt_header()->dropped_frames == 0);
}

static NOINLINE void make(void) {
  struct test_frame *frame = enter(B);
  at_line(frame, 1);
  for (uintptr_t i = 0; i < 10; i++)
    test_malloc(block(i), 100);
  __memprofpass_exit(frame);
}

/* A thread that never enters a marked function has no record. */
static void *release(void *argument) {
  for (uintptr_t i = 0; i < 7; i++)
    test_free(block(i));
  CHECK(mprt_thread() == NULL);
  return argument;
}

/* One that does gets a release of its own on its line. */
static NOINLINE void *release_marked(void *argument) {
  struct test_frame *frame = enter(C);
  at_line(frame, 1);
  test_free(block(7));
  __memprofpass_exit(frame);
  return argument;
}

static void in_thread(void *(*body)(void *)) {
  pthread_t thread;
  pthread_create(&thread, NULL, body, NULL);
  pthread_join(thread, NULL);
}

static void elsewhere(void) {
  make();
  in_thread(release);
  CHECK(total(B, 1).kept == 300 && total(B, 1).elsewhere == 700);
  CHECK(process_live() == 300 && mprt_thread()->live == 1000);
  in_thread(release_marked);
  CHECK(total(B, 1).kept == 200 && total(B, 1).elsewhere == 800);
  CHECK(total(C, 1).frees == 1 && total(C, 1).freed == 100);
  CHECK(total(C, 1).mem_usage == -100); /* a new thread starts with 0 */
  test_free(block(8));
  test_free(block(9));
  CHECK(total(B, 1).kept == 0 && total(B, 1).returned == 200);
}

static void count_threads(const struct memprof_head *record, void *context) {
  unsigned *counts = context;
  if (record->kind == MEMPROF_KIND_THREAD) {
    const struct memprof_thread *thread = (const void *)record;
    counts[0]++;
    counts[1] += thread->threads;
    counts[2] += thread->owned;
  }
}

static void adopted(void) {
  for (int i = 0; i < 20; i++)
    in_thread(release_marked);
  unsigned counts[3] = {0, 0, 0};
  image_walk(count_threads, counts);
  /* records: main's and those of the four that ran at once */
  CHECK(counts[0] == 1 + THREADS);
  CHECK(counts[1] == 1 + THREADS + 1 + 20 && counts[2] == 1);
  CHECK(total(C, 0).calls == 21 && total(C, 0).nodes == 1);
}

static NOINLINE void *ends_inside(void *argument) {
  at_line(enter(D), 1);
  test_malloc(block(99), 11);
  pthread_exit(argument); /* plain C: nothing unwinds our frame */
}

/* A destructor of somebody else's key, made after ours. */
static pthread_key_t key;
static void at_thread_end(void *argument) {
  work((uintptr_t)argument);
  test_free(block((uintptr_t)argument + 1));
}

static void *uses_key(void *argument) {
  mprt_attach();
  pthread_setspecific(key, (void *)500);
  return argument;
}

static void late_destructor(void) {
  uint64_t calls = total(A, 0).calls;
  pthread_key_create(&key, at_thread_end);
  in_thread(uses_key);
  CHECK(total(A, 0).calls == calls + 1 && total(A, 0).in_flight == 0);
}

int main(void) {
  test_wake("*");
  mprt_attach();
  exact();
  elsewhere();
  adopted();
  late_destructor();
  in_thread(ends_inside);
  CHECK(total(D, 0).calls == 1 && total(D, 0).in_flight == 0);
  CHECK(total(D, 1).bytes == 11);
  return CHECK_RESULT();
}
