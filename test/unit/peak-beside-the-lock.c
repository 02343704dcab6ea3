// A signal handler comes while its thread waits for the lock of the rooms: what
// it allocates and releases counts, in the order in which it came, as if it had
// come after the event that it interrupted.
//
// RUN: %unit %s -o %t && %t
#include "process.h"
#include "records.h"
#include <pthread.h>
#include <sched.h>

static int64_t peak_now(void) {
  return (int64_t)__atomic_load_n(&mprt_header()->peak, __ATOMIC_RELAXED);
}

/* ---- The handler: runs where the runtime yields to who has the lock ---- */

static const int64_t *handled; /* its events, 0 at their end */

static void handler(void) {
  for (; handled && *handled; handled++)
    CHECK(!mprt_process_add(*handled));
  handled = NULL;
}

int sched_yield(void) {
  handler();
  __atomic_store_n(&mprt_header()->rooms_lock, 0, __ATOMIC_RELEASE);
  return 0;
}

/* The thread's event waits for the lock while the handler runs. */
static bool add_interrupted(int64_t change, const int64_t *events) {
  handled = events;
  __atomic_store_n(&mprt_header()->rooms_lock, 1, __ATOMIC_RELAXED);
  bool rises = mprt_process_add(change);
  CHECK(handled == NULL);
  return rises;
}

/* ---- live is 500, the peak 1000, and this thread has room for 250 ---- */

static void start_again(void) {
  mprt_image_empty(false);
  CHECK(mprt_process_add(1000));
  for (int i = 0; i < 5; i++)
    CHECK(!mprt_process_add(-100));
  CHECK(process_live() == 500 && peak_now() == 1000);
  CHECK(mprt_room->bytes == 250);
}

static void what_a_handler_keeps(void) {
  start_again();
  CHECK(add_interrupted(300, (const int64_t[]){600, -500, 0}));
  CHECK(process_live() == 900 && peak_now() == 1400);
}

static void what_it_gives_back(void) {
  start_again();
  CHECK(add_interrupted(400, (const int64_t[]){600, -600, 0}));
  CHECK(process_live() == 900 && peak_now() == 1500);
}

/* Its highest point is not where it ends, nor its first one. */
static void what_goes_up_and_down(void) {
  start_again();
  CHECK(add_interrupted(260,
                        (const int64_t[]){501, -1, 700, -900, 100, -400, 0}));
  CHECK(process_live() == 760 && peak_now() == 760 + 1200);
}

/* Later on the thread has room as before. */
static void room_comes_back(void) {
  what_it_gives_back();
  CHECK(!mprt_process_add(-100) && mprt_room->bytes != MEMPROF_NO_ROOM);
  struct memprof_room *room = mprt_room;
  uint64_t had = room->bytes;
  CHECK(!mprt_process_add(50) && mprt_room == room && room->bytes == had - 50);
  CHECK(process_live() == 850 && peak_now() == 1500);
}

/* What a reader finds of a process that was killed while it took all rooms. */
static void killed(void) {
  start_again();
  CHECK(!mprt_process_add(100) && mprt_room->bytes == 150);
  mprt_room->bytes |= MEMPROF_NO_ROOM; /* closed: the room counts */
  CHECK(process_live() == 600);
  mprt_header()->live -= MEMPROF_ROOMS_GIVEN + 150; /* and now not */
  CHECK(process_live() == 600);
}

static pthread_barrier_t barrier;
static void *wait(void *argument) {
  pthread_barrier_wait(&barrier);
  return argument;
}

int main(void) {
  pthread_t other; /* so that there is more than one */
  test_wake("*");
  pthread_barrier_init(&barrier, NULL, 2);
  pthread_create(&other, NULL, wait, NULL);
  what_a_handler_keeps();
  what_it_gives_back();
  what_goes_up_and_down();
  room_comes_back();
  killed();
  pthread_barrier_wait(&barrier);
  pthread_join(other, NULL);
  return CHECK_RESULT();
}
