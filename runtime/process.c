/* process.c - the live bytes of the whole process, when they rise above all that
 * was, and the rooms of its threads. */
#include "process.h"
#include <sched.h>
#include <string.h>

/* At the start all lines are as if noted. */
_Atomic bool mprt_peak_is_noted = true;

/* Before its first event beside other threads a thread has none. */
static struct memprof_room no_room = {.bytes = MEMPROF_NO_ROOM};
_Thread_local struct memprof_room *mprt_room
    __attribute__((tls_model("initial-exec"))) = &no_room;

/* All under the lock. */
static uint32_t users[MEMPROF_ROOMS]; /* threads that have this room */
static int64_t sharers = 2;           /* threads among which what is left is
                                         divided */

/* ---- The lock ---- */

/* Events of signal handlers that came while their thread had the lock, or waited
 * for it: added up, and the largest sum on the way. Handlers write the one that
 * the thread does not read. */
struct late {
  int64_t sum, high;
};
static _Thread_local struct {
  struct memprof_room *room; /* the thread's; mprt_room is another one while
                                late events wait: those after them do, too */
  unsigned calm; /* events on the slow way since one of them was a new mark */
  bool is_inside;
  unsigned writes;
  struct late late[2];
} mine __attribute__((tls_model("initial-exec"))) = {.room = &no_room};

static void lock(struct memprof_header *header) {
  mine.is_inside = true;
  atomic_signal_fence(memory_order_seq_cst);
  unsigned turn = 0;
  while (__atomic_exchange_n(&header->rooms_lock, 1, __ATOMIC_ACQUIRE))
    while (__atomic_load_n(&header->rooms_lock, __ATOMIC_RELAXED)) {
#if defined(__x86_64__) || defined(__i386__)
      __builtin_ia32_pause();
#endif
      if (++turn % 64 == 0)
        sched_yield(); /* the owner may wait for our processor */
    }
}

static void unlock(struct memprof_header *header) {
  __atomic_store_n(&header->rooms_lock, 0, __ATOMIC_RELEASE);
  atomic_signal_fence(memory_order_seq_cst);
  mine.is_inside = false;
}

/* A handler may be interrupted by another one. */
static void add_late(int64_t change) {
  struct late *late = &mine.late[mine.writes];
  int64_t sum = __atomic_add_fetch(&late->sum, change, __ATOMIC_RELAXED);
  int64_t high = __atomic_load_n(&late->high, __ATOMIC_RELAXED);
  while (sum > high &&
         !__atomic_compare_exchange_n(&late->high, &high, sum, true,
                                      __ATOMIC_RELAXED, __ATOMIC_RELAXED))
    ;
  mprt_room = &no_room;
}

static bool has_late(void) {
  const struct late *late = &mine.late[mine.writes];
  return late->sum || late->high;
}

/* ---- Rooms, under the lock ---- */

static uint32_t room_bit(const struct memprof_header *header,
                         const struct memprof_room *room) {
  return UINT32_C(1) << (room - header->rooms);
}

/* The one with the fewest users. */
static struct memprof_room *room_choose(struct memprof_header *header) {
  unsigned best = 0;
  for (unsigned i = 1; i < MEMPROF_ROOMS && users[best]; i++)
    if (users[i] < users[best])
      best = i;
  users[best]++;
  struct memprof_room *room = &header->rooms[best];
  if (!(header->rooms_given & room_bit(header, room)))
    __atomic_store_n(&room->bytes, MEMPROF_NO_ROOM, __ATOMIC_RELAXED);
  return mine.room = room;
}

static int64_t room_take(struct memprof_room *room) {
  uint64_t had = __atomic_load_n(&room->bytes, __ATOMIC_RELAXED);
  if (had != MEMPROF_NO_ROOM)
    had = __atomic_exchange_n(&room->bytes, MEMPROF_NO_ROOM, __ATOMIC_ACQUIRE);
  return (int64_t)(had & ~MEMPROF_NO_ROOM);
}

/* The bytes stay in it, for who reads the image of a process that was killed. */
static int64_t room_close(struct memprof_room *room) {
  uint64_t had =
      __atomic_fetch_or(&room->bytes, MEMPROF_NO_ROOM, __ATOMIC_ACQUIRE);
  return (int64_t)(had & ~MEMPROF_NO_ROOM);
}

/* Takes all rooms. Who had one has a share of what is left from now on. */
static void rooms_recall(struct memprof_header *header) {
  uint32_t given = header->rooms_given;
  if (!given)
    return;
  int64_t taken = MEMPROF_ROOMS_GIVEN, count = 0;
  for (uint32_t left = given; left; left &= left - 1, count++)
    taken += room_close(&header->rooms[__builtin_ctz(left)]);
  if (count != sharers)
    sharers = count > 2 ? count : 2;
  __atomic_fetch_sub(&header->live, (uint64_t)taken, __ATOMIC_RELEASE);
  __atomic_store_n(&header->rooms_given, 0, __ATOMIC_RELAXED);
  for (uint32_t left = given; left; left &= left - 1)
    __atomic_store_n(&header->rooms[__builtin_ctz(left)].bytes, MEMPROF_NO_ROOM,
                     __ATOMIC_RELAXED);
}

/* How much of what is left below the peak the thread gets: what it has released
 * it mostly allocates again. */
static int64_t share_of(int64_t left, int64_t released) {
  int64_t share = left / sharers;
  if (released > share)
    share = released < left ? released : left;
  return share;
}

static void room_give(struct memprof_header *header, struct memprof_room *room,
                      int64_t released) {
  int64_t peak = (int64_t)__atomic_load_n(&header->peak, __ATOMIC_RELAXED);
  uint64_t live = __atomic_load_n(&header->live, __ATOMIC_RELAXED), next;
  int64_t share;
  do {
    share = share_of(peak - memprof_live_with_rooms(live), released);
    if (share <= 0)
      return;
    next = live + (uint64_t)share +
           (header->rooms_given ? 0 : MEMPROF_ROOMS_GIVEN);
  } while (!__atomic_compare_exchange_n(&header->live, &live, next, true,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED));
  __atomic_store_n(&header->rooms_given,
                   header->rooms_given | room_bit(header, room),
                   __ATOMIC_RELAXED);
  __atomic_store_n(&room->bytes, (uint64_t)share, __ATOMIC_RELEASE);
}

/* ---- Events ---- */

static bool peak_raise(struct memprof_header *header, int64_t live) {
  uint64_t seen = __atomic_load_n(&header->peak, __ATOMIC_RELAXED);
  while (live > (int64_t)seen)
    if (__atomic_compare_exchange_n(&header->peak, &seen, (uint64_t)live, true,
                                    __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
      if (atomic_load_explicit(&mprt_peak_is_noted, memory_order_relaxed))
        mprt_peak_forget_notes(header);
      return true;
    }
  return false;
}

enum outcome { FITS, RISES, NEEDS_ROOMS };

/* One event, without a room and without the lock: while a program grows, its
 * threads have no rooms. Above the peak it is known to be exact if nobody has
 * room, which the same word tells. */
static enum outcome add_here(struct memprof_header *header, int64_t change) {
  uint64_t word = __atomic_load_n(&header->live, __ATOMIC_RELAXED);
  int64_t live, peak;
  do {
    live = memprof_live_with_rooms(word) + change;
    peak = (int64_t)__atomic_load_n(&header->peak, __ATOMIC_RELAXED);
    if (live > peak && memprof_has_rooms(word))
      return NEEDS_ROOMS;
  } while (!__atomic_compare_exchange_n(&header->live, &word,
                                        word + (uint64_t)change, true,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED));
  if (live <= peak || !peak_raise(header, live)) {
    mine.calm++;
    return FITS;
  }
  mine.calm = 0;
  return RISES;
}

/* One event, under the lock; returns whether it rises. */
static bool add(struct memprof_header *header, int64_t change) {
  struct memprof_room *own =
      mine.room == &no_room ? room_choose(header) : mine.room;
  int64_t kept = room_take(own);
  if (kept)
    __atomic_fetch_sub(&header->live, (uint64_t)kept, __ATOMIC_RELAXED);
  if (mprt_is_single_threaded())
    rooms_recall(header);
  enum outcome outcome = add_here(header, change);
  if (outcome == NEEDS_ROOMS) {
    rooms_recall(header);
    outcome = add_here(header, change);
  }
  if (outcome == FITS && !mprt_is_single_threaded())
    room_give(header, own, change < 0 ? kept - change : 0);
  return outcome == RISES;
}

/* The events of handlers, as if they had come after the one they interrupted. */
static bool add_lates(struct memprof_header *header) {
  bool rises = false;
  for (;;) {
    mprt_room = mine.room;
    atomic_signal_fence(memory_order_seq_cst);
    if (MPRT_LIKELY(!has_late()))
      return rises;
    struct late *late = &mine.late[mine.writes];
    mine.writes ^= 1;
    atomic_signal_fence(memory_order_seq_cst);
    rises |= add(header, late->high);
    add(header, late->sum - late->high);
    *late = (struct late){0, 0};
  }
}

/* So many events in a row that were no new mark make a room worth its while. */
#define CALM 4

bool mprt_process_add_slow(int64_t change) {
  struct memprof_header *header = mprt_header();
  bool is_late = mine.is_inside && has_late();
  if (!is_late && (mine.calm < CALM || mine.is_inside) &&
      !mprt_is_single_threaded()) {
    enum outcome outcome = add_here(header, change);
    if (outcome != NEEDS_ROOMS)
      return outcome == RISES;
  }
  if (mine.is_inside) {
    add_late(change);
    return false;
  }
  lock(header);
  bool rises = add(header, change);
  rises |= add_lates(header);
  unlock(header);
  while (MPRT_UNLIKELY(has_late())) { /* came just before the unlock */
    lock(header);
    rises |= add_lates(header);
    unlock(header);
  }
  return rises;
}

/* ---- Threads that end, counters that start again ---- */

void mprt_process_thread_ends(void) {
  struct memprof_header *header = mprt_header();
  if (!header || mine.room == &no_room || mine.is_inside)
    return;
  lock(header);
  users[mine.room - header->rooms]--;
  unlock(header);
}

void mprt_process_empty(bool is_child) {
  struct memprof_header *header = mprt_header();
  bool was_inside = mine.is_inside; /* a handler does without the lock */
  if (is_child)
    header->rooms_lock = 0; /* of a thread that is no more */
  if (!was_inside)
    lock(header);
#define EMPTY(FIELD) __atomic_store_n(&header->FIELD, 0, __ATOMIC_RELAXED);
  MEMPROF_PROCESS_COUNTERS(EMPTY)
#undef EMPTY
  for (unsigned i = 0; i < MEMPROF_ROOMS; i++)
    room_take(&header->rooms[i]);
  __atomic_store_n(&header->rooms_given, 0, __ATOMIC_RELAXED);
  atomic_store_explicit(&mprt_peak_is_noted, true, memory_order_relaxed);
  if (!was_inside)
    unlock(header);
}
