/* combine_image.h - the image of a struct combined, for combine.c: records that
 * are new, or found again. */
#ifndef MEMPROF_COMBINE_IMAGE_H
#define MEMPROF_COMBINE_IMAGE_H

#include "combine.h"

static inline struct memprof_header *header_of(const struct combined *to) {
  return (struct memprof_header *)(void *)to->image;
}

static inline void *at(const struct combined *to, memprof_ref ref) {
  return to->image + (size_t)ref * MEMPROF_UNIT;
}

/* A header, the one thread and its root, in an image that has none yet. Returns
 * false when memory runs out. */
bool image_start(struct combined *to);

/* A zeroed record; 0 when there is no room, or no reference reaches it. */
memprof_ref record_new(struct combined *to, uint32_t kind, size_t size);

/* `fresh` is the newest record. If there is one like it already, that one, and
 * the fresh one is taken back. 0 when memory runs out. */
memprof_ref record_intern(struct combined *to, memprof_ref fresh);

#endif
