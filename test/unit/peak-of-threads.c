// The process's live bytes and their high-water mark are exact, however threads
// share them out: after each event against a counter behind a mutex, at barriers
// where they can be added up, beside signal handlers, from one thread to several
// and back, and after a reset.
//
// RUN: %unit %s -o %t && %t
#include "process.h"
#include "records.h"
#include <pthread.h>
#include <signal.h>

enum { THREADS = 4 };
static int64_t live, peak; /* what they have to be */

static int64_t peak_now(void) {
  return (int64_t)__atomic_load_n(&mprt_header()->peak, __ATOMIC_RELAXED);
}

static uint64_t next(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

static void in_threads(void *(*body)(void *)) {
  pthread_t threads[THREADS];
  for (uintptr_t i = 0; i < THREADS; i++)
    pthread_create(&threads[i], NULL, body, (void *)(i + 1));
  for (int i = 0; i < THREADS; i++)
    pthread_join(threads[i], NULL);
}

static void start_again(void) {
  mprt_image_empty(false);
  live = peak = 0;
  CHECK(process_live() == 0 && peak_now() == 0);
}

/* ---- One after the other: each event can be compared ---- */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void change(int64_t bytes) {
  live += bytes;
  CHECK(mprt_process_add(bytes) == (live > peak));
  peak = live > peak ? live : peak;
  CHECK((int64_t)process_live() == live && peak_now() == peak);
}

/* Up to 16 blocks each, of sizes that differ a lot; some turns are many events
 * long, so that rooms are used. */
static void *compare(void *argument) {
  uint64_t state = 88172645463325252u * (uintptr_t)argument;
  int64_t blocks[16] = {0};
  for (int turn = 0; turn < 4000 && !check_failures; turn++) {
    pthread_mutex_lock(&mutex);
    for (uint64_t i = next(&state) % 8; i < 8; i++) {
      int64_t *block = &blocks[next(&state) % 16];
      if (*block)
        change(-*block);
      *block = *block ? 0 : (int64_t)(next(&state) >> next(&state) % 20 >> 44);
      change(*block);
    }
    pthread_mutex_unlock(&mutex);
  }
  pthread_mutex_lock(&mutex);
  for (int i = 0; i < 16; i++)
    change(-blocks[i]);
  pthread_mutex_unlock(&mutex);
  return argument;
}

/* ---- At once: known where all of them wait ---- */

static pthread_barrier_t barrier;
enum { ROUNDS = 60 };

/* What thread t holds at the top of a round. */
static int64_t top(uintptr_t t, int round) {
  return 1000 + (int64_t)((t * 7919 + (uintptr_t)round * 104729) % 5000);
}

/* Every thread rises to its top without ever being above it, waits, and falls,
 * so that the process is never above the sum of the tops. */
static void *rise_and_fall(void *argument) {
  uintptr_t me = (uintptr_t)argument;
  uint64_t state = 88172645463325252u * me;
  for (int round = 0; round < ROUNDS; round++) {
    int64_t held = 0;
    while (held < top(me, round)) {
      int64_t size = 1 + (int64_t)(next(&state) % 300), again = size / 2;
      if (size > top(me, round) - held)
        size = again = top(me, round) - held;
      mprt_process_add(size);
      mprt_process_add(-again);
      mprt_process_add(again);
      held += size;
    }
    if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) {
      int64_t sum = 0;
      for (uintptr_t t = 1; t <= THREADS; t++)
        sum += top(t, round);
      peak = sum > peak ? sum : peak;
      CHECK((int64_t)process_live() == sum && peak_now() == peak);
    }
    pthread_barrier_wait(&barrier);
    while (held) { /* all releases are the next thread's blocks */
      int64_t size = held < 70 ? held : 70;
      mprt_process_add(-size);
      held -= size;
    }
    pthread_barrier_wait(&barrier);
  }
  return argument;
}

/* ---- A thread that allocates, another one that releases ---- */

static void *give_and_take(void *argument) {
  bool gives = (uintptr_t)argument % 2;
  for (int round = 0; round < 1000; round++) {
    if (gives)
      mprt_process_add(100 + round);
    pthread_barrier_wait(&barrier);
    if (!gives)
      mprt_process_add(-(100 + round));
    pthread_barrier_wait(&barrier);
  }
  return argument;
}

/* ---- Signal handlers ---- */

static void handle(int signal) {
  (void)signal;
  mprt_process_add(64);
  mprt_process_add(-64);
}

static void *count_beside_signals(void *argument) {
  for (int i = 0; i < 200000; i++) {
    mprt_process_add(10 + i % 7);
    mprt_process_add(-(10 + i % 7));
    if (i % 1000 == 0)
      mprt_process_add(1);
  }
  return argument;
}

static void beside_signals(void) {
  pthread_t threads[2];
  signal(SIGUSR1, handle);
  for (int i = 0; i < 2; i++)
    pthread_create(&threads[i], NULL, count_beside_signals, NULL);
  for (int i = 0; i < 10000; i++)
    pthread_kill(threads[i % 2], SIGUSR1); /* not joined: at worst too late */
  for (int i = 0; i < 2; i++)
    pthread_join(threads[i], NULL);
  CHECK(process_live() == 400); /* no event of handler or handled is lost */
  CHECK(peak_now() >= 416 && peak_now() <= 400 + 2 * (16 + 64));
}

static void *add_once(void *argument) {
  mprt_process_add((int64_t)(uintptr_t)argument);
  return argument;
}

static void one_after_the_other(void) {
  for (int i = 0; i < 100; i++) { /* room is left behind, and found */
    change(1000);
    pthread_t thread;
    pthread_create(&thread, NULL, add_once, (void *)10);
    pthread_join(thread, NULL);
    live += 10;
    peak = live > peak ? live : peak;
    change(-1000);
    change(5);
  }
  CHECK(live == 1500 && peak == 99 * 15 + 1010);
}

int main(void) {
  test_wake("*");
  in_threads(compare);
  CHECK(live == 0);
  start_again();
  pthread_barrier_init(&barrier, NULL, THREADS);
  in_threads(rise_and_fall);
  CHECK(process_live() == 0);
  start_again();
  in_threads(give_and_take);
  CHECK(process_live() == 0 && peak_now() == 2 * (100 + 999));
  start_again();
  beside_signals();
  start_again();
  one_after_the_other();
  return CHECK_RESULT();
}
