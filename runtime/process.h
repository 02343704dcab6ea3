/* process.h - the live bytes of the whole process, and their high-water mark.
 *
 * What each line held at the high-water mark is noted late: an event that does
 * not raise the mark is the first to change a line since, so it notes the line
 * as it was (account.c). While the mark rises nothing has to be noted: what the
 * lines hold is what they hold at the peak. Only a rise after a note makes the
 * notes old.
 *
 * Threads do not share a counter: each has a room, see memprof_format.h. An
 * event that fits changes its thread's room and nothing else. One that does not
 * gets a share of what is left below the mark, and where nothing is left recalls
 * all rooms. When the last of them is recalled header.live is exact, and tells so
 * itself: whether the mark rises is known without a doubt. While it rises again
 * and again nobody gets room, and threads share header.live.
 */
#ifndef MPRT_PROCESS_H
#define MPRT_PROCESS_H

#include "core.h"
#include "wake.h"

#pragma GCC visibility push(hidden)

/* A line was noted since the high-water mark rose last. */
extern _Atomic bool mprt_peak_is_noted;

/* The notes are old from here on. */
static inline void mprt_peak_forget_notes(struct memprof_header *header) {
  if (atomic_exchange_explicit(&mprt_peak_is_noted, false,
                               memory_order_relaxed))
    __atomic_fetch_add(&header->peak_epoch, 1, __ATOMIC_RELAXED);
}

/* The room of this thread, which others may have too. Not its state's: a fibre's
 * may go on elsewhere, and threads without one release blocks. */
extern _Thread_local struct memprof_room *mprt_room
    __attribute__((tls_model("initial-exec")));

/* More than any room, and less than MEMPROF_NO_ROOM with any change. */
#define MPRT_ROOM_END (UINT64_C(1) << 62)

/* The same as mprt_process_add, when that cannot be done at once. */
bool mprt_process_add_slow(int64_t change);
/* The thread needs its room no longer; it may use it still. */
void mprt_process_thread_ends(void);
/* The process's counters are zero from here on, and nobody has room. */
void mprt_process_empty(bool is_child);

/* Whether the event fits this thread's room, which it then has taken: the
 * process is below its high-water mark. */
static inline bool mprt_room_use(int64_t change) {
  struct memprof_room *room = mprt_room;
  uint64_t had = __atomic_load_n(&room->bytes, __ATOMIC_RELAXED);
  uint64_t left = had - (uint64_t)change;
  return MPRT_LIKELY(left < MPRT_ROOM_END &&
                     __atomic_compare_exchange_n(&room->bytes, &had, left,
                                                 false, __ATOMIC_RELAXED,
                                                 __ATOMIC_RELAXED));
}

enum mprt_process_answer { MPRT_FITS, MPRT_RISES, MPRT_NOT_DONE };

/* Whether what the line held at the high-water mark is known. NULL: of no line. */
static inline bool mprt_peak_is_known(const struct memprof_header *header,
                                      const struct memprof_line *line) {
  return !line || __atomic_load_n(&line->peak_epoch, __ATOMIC_RELAXED) ==
                      __atomic_load_n(&header->peak_epoch, __ATOMIC_RELAXED);
}

/* Before the lines change: the process holds so many bytes more, or fewer. What
 * rises is a new high-water mark; not done is what has to be asked the slow way,
 * or does not rise, and one of the lines (may be NULL) needs a note first. */
static inline __attribute__((always_inline)) enum mprt_process_answer
mprt_process_try(struct memprof_header *header, int64_t change,
                 const struct memprof_line *line,
                 const struct memprof_line *other) {
  if (MPRT_UNLIKELY(!mprt_is_single_threaded()))
    return mprt_peak_is_known(header, line) &&
                   mprt_peak_is_known(header, other) && mprt_room_use(change)
               ? MPRT_FITS
               : MPRT_NOT_DONE;
  /* plain: nobody else is there */
  int64_t live = (int64_t)header->live + change;
  bool rises = live > (int64_t)header->peak;
  if (rises) {
    /* rooms: of threads that are no more, and part of `live` */
    if (MPRT_UNLIKELY(__atomic_load_n(&header->rooms_given, __ATOMIC_RELAXED) ||
                      live >
                          __atomic_load_n(&mprt_break_above, __ATOMIC_RELAXED)))
      return MPRT_NOT_DONE;
    __atomic_store_n(&header->peak, (uint64_t)live, __ATOMIC_RELAXED);
    if (MPRT_UNLIKELY(
            atomic_load_explicit(&mprt_peak_is_noted, memory_order_relaxed)))
      mprt_peak_forget_notes(header);
  } else if (MPRT_UNLIKELY(!mprt_peak_is_known(header, line) ||
                           !mprt_peak_is_known(header, other))) {
    return MPRT_NOT_DONE;
  }
  __atomic_store_n(&header->live, (uint64_t)live, __ATOMIC_RELAXED);
  return rises ? MPRT_RISES : MPRT_FITS;
}

/* The whole way. Returns whether that is a new high-water mark. */
static inline bool mprt_process_add(int64_t change) {
  enum mprt_process_answer answer =
      mprt_process_try(mprt_header(), change, NULL, NULL);
  return MPRT_UNLIKELY(answer == MPRT_NOT_DONE) ? mprt_process_add_slow(change)
                                                : answer == MPRT_RISES;
}

/* And after them: the numbers include the event at which a debugger stops. */
static inline void mprt_process_rose(void) {
  if (MPRT_UNLIKELY(
          (int64_t)__atomic_load_n(&mprt_header()->peak, __ATOMIC_RELAXED) >
          __atomic_load_n(&mprt_break_above, __ATOMIC_RELAXED)))
    mprt_break();
}

#pragma GCC visibility pop
#endif
