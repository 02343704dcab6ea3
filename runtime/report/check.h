/* check.h - the checks of a profile's records. Between profile and check;
 * nobody else needs it. */
#ifndef MEMPROF_REPORT_CHECK_H
#define MEMPROF_REPORT_CHECK_H

#include "report.h"

#pragma GCC visibility push(hidden)

struct reader {
  struct profile *profile;
  char *error;
  size_t capacity;
};

/* Writes "byte OFFSET: ..." to the reader's error and returns false. */
bool check_failed(const struct reader *reader, size_t offset,
                  const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static inline size_t offset_of(const struct profile *profile,
                               const void *record) {
  return (size_t)((const unsigned char *)record - profile->image);
}

/* The address a reference names, or NULL when it is none or past the end. */
static inline const unsigned char *at_ref(const struct profile *profile,
                                          memprof_ref ref) {
  uint64_t offset = (uint64_t)ref * MEMPROF_UNIT;
  return ref && offset < profile->size ? profile->image + offset : NULL;
}

/* Frames stand at multiples of MEMPROF_UNIT. */
enum {
  FRAME_STRIDE = (sizeof(struct memprof_frame) + MEMPROF_UNIT - 1) /
                 MEMPROF_UNIT * MEMPROF_UNIT
};

/* The record of that kind which a reference names, as an index into the
 * profile's list, or PROFILE_NONE. */
size_t profile_string(const struct profile *profile, memprof_ref ref);
/* The slot of `thread` that a reference names, written or not; or NULL. */
const struct memprof_frame *
profile_frame_slot(const struct profile *profile,
                   const struct memprof_thread *thread, memprof_ref ref);

/* Checks every record of the profile's lists. */
bool check_records(const struct reader *reader);

#pragma GCC visibility pop
#endif
