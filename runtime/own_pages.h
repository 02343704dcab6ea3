/* own_pages.h - mmap for ourselves. What the program calls may be the stand-in
 * in maps.c; it is told that this is not the program. */
#ifndef MPRT_OWN_PAGES_H
#define MPRT_OWN_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>

#pragma GCC visibility push(hidden)

/* scratch.c: true while this thread maps something for us. */
extern _Thread_local bool mprt_maps_own
    __attribute__((tls_model("initial-exec")));

/* From the start of `fd`, or without a file. */
static inline void *mprt_mmap(size_t size, int protection, int flags, int fd) {
  bool outer = mprt_maps_own;
  mprt_maps_own = true;
  void *memory = mmap(NULL, size, protection, flags, fd, 0);
  mprt_maps_own = outer;
  return memory;
}

#pragma GCC visibility pop
#endif
