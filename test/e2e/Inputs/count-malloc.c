/* An independent interposer: counts what is asked of malloc, with the size in a
 * header in front of each block. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

unsigned long counted_allocs, counted_bytes, counted_frees, counted_freed;

/* A bump allocator keeps it independent of libc's own and lets it know every
 * size. */
static _Alignas(16) char heap[64 << 20];
static size_t used;

void *malloc(size_t size) {
  size_t *block = (size_t *)(heap + used);
  used += 16 + ((size + 15) & ~(size_t)15);
  if (used > sizeof heap)
    return NULL;
  block[0] = size;
  counted_allocs++;
  counted_bytes += size;
  return block + 2;
}

void free(void *block) {
  if (!block)
    return;
  counted_frees++;
  counted_freed += ((size_t *)block)[-2];
}

void *calloc(size_t n, size_t size) {
  return malloc(n * size); /* the heap is zero and never reused */
}

void *realloc(void *old, size_t size) {
  void *block = malloc(size);
  if (old && block) {
    size_t old_size = ((size_t *)old)[-2];
    memcpy(block, old, old_size < size ? old_size : size);
    free(old);
  }
  return block;
}
