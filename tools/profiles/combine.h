/* combine.h - many profiles added up to one, in an image of its own.
 *
 * Functions are told by their descriptors, contexts by their path. Sums add,
 * maxima take the maximum; what is latest comes from the profile added last.
 * What was live at the peak is that of the profile with the largest one. A
 * call that has not finished counts as if it ended when its profile was read.
 * Spans are left where they are: their clocks have nothing in common. Series
 * stay as they are, next to each other.
 *
 * Memory: what the parts have in common stands once; each part adds its
 * metadata alone.
 */
#ifndef MEMPROF_COMBINE_H
#define MEMPROF_COMBINE_H

#include "report/report.h"
#include <stdbool.h>

/* Zero-initialise; combined_release frees all. */
struct combined {
  unsigned char *image; /* moves when it grows: keep references only */
  size_t capacity;
  uint32_t functions; /* so far: ids are their numbers */
  memprof_ref thread; /* the one thread, to which all contexts belong */
  uint64_t stamp;     /* the latest that was given */
  memprof_ref *slots; /* hash table of STRING, FUNCTION, UNIT and NODE */
  size_t slot_count, slots_taken;
  memprof_ref *limits; /* [limit_count] the LIMIT records */
  uint32_t limit_count;
};

/* Adds one; `source` says where it comes from. Returns false when memory runs
 * out: the image is of no use then. */
bool combined_add(struct combined *combined, const struct profile *profile,
                  const char *source);
void combined_release(struct combined *combined);

static inline size_t combined_size(const struct combined *combined) {
  return (size_t)((const struct memprof_header *)combined->image)->used;
}

#endif
