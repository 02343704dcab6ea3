/* scratch.c - a bump allocator over mmap: chunks that double, freed at once. */
#include "scratch.h"
#include "../own_pages.h"
#include <stdint.h>
#include <sys/mman.h>

struct chunk {
  struct chunk *before;
  size_t size; /* bytes of the mapping, this head included */
};

_Thread_local bool mprt_maps_own;

enum { ALIGNMENT = 16, FIRST = 64 * 1024, LARGEST = 16 * 1024 * 1024 };

_Static_assert(sizeof(struct chunk) <= ALIGNMENT, "the head takes one slot");

static struct chunk *chunk_map(struct chunk *before, size_t need) {
  size_t size = FIRST;
  if (before)
    size = before->size < LARGEST ? before->size * 2 : LARGEST;
  if (size < need)
    size = (need + FIRST - 1) / FIRST * FIRST;
  void *map =
      mprt_mmap(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  if (map == MAP_FAILED)
    return NULL;
  struct chunk *chunk = map;
  chunk->before = before;
  chunk->size = size;
  return chunk;
}

void *scratch_alloc(struct scratch *scratch, size_t n, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX / 2)
    return NULL;
  bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (bytes == 0)
    bytes = ALIGNMENT; /* NULL means failure only */
  struct chunk *chunk = scratch->chunk;
  if (!chunk || chunk->size - scratch->used < bytes) {
    chunk = chunk_map(chunk, bytes + ALIGNMENT);
    if (!chunk)
      return NULL;
    scratch->chunk = chunk;
    scratch->used = ALIGNMENT;
  }
  void *memory = (char *)chunk + scratch->used;
  scratch->used += bytes;
  return memory;
}

void scratch_release(struct scratch *scratch) {
  for (struct chunk *chunk = scratch->chunk, *before; chunk; chunk = before) {
    before = chunk->before;
    munmap(chunk, chunk->size);
  }
  scratch->chunk = NULL;
  scratch->used = 0;
}
