/* process.c - the live bytes of the whole process, when they rise above all that
 * was, and when several threads change them. */
#include "process.h"

/* At the start all lines are as if noted. */
_Atomic bool mprt_peak_is_noted = true;

MPRT_COLD void mprt_peak_forget_notes(struct memprof_header *header) {
  if (atomic_exchange_explicit(&mprt_peak_is_noted, false,
                               memory_order_relaxed))
    __atomic_fetch_add(&header->peak_epoch, 1, __ATOMIC_RELAXED);
}

bool mprt_process_add_shared(int64_t change) {
  struct memprof_header *header = mprt_header();
  int64_t live = (int64_t)__atomic_add_fetch(&header->live, (uint64_t)change,
                                             __ATOMIC_RELAXED);
  uint64_t seen = __atomic_load_n(&header->peak, __ATOMIC_RELAXED);
  while (live > (int64_t)seen)
    if (__atomic_compare_exchange_n(&header->peak, &seen, (uint64_t)live, true,
                                    __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
      mprt_peak_forget_notes(header);
      return true;
    }
  return false;
}
