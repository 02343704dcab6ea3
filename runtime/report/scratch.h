/* scratch.h - memory for a report: a bump allocator over mmap, because malloc
 * belongs to the guest. */
#ifndef MEMPROF_REPORT_SCRATCH_H
#define MEMPROF_REPORT_SCRATCH_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

/* Zero-initialise; release frees all of it at once. Not thread-safe. */
struct scratch {
  void *chunk; /* newest mapping; each starts with a link to the one before it
                  and its size */
  size_t used; /* bytes of it handed out */
};

/* Zeroed memory, aligned to 16; NULL when there is none (n * size is checked
 * for overflow). */
void *scratch_alloc(struct scratch *scratch, size_t n, size_t size);
void scratch_release(struct scratch *scratch);

#pragma GCC visibility pop

#endif
