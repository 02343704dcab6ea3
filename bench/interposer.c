/* interposer.c - the least that a library can do that counts allocations: it
 * stands before the allocator, adds one to a thread's counter and passes the
 * call on. Preloaded, it is the floor that bench/ holds MemProf against.
 */
#include <stddef.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

/* This thread's events; initial-exec: the thread pointer and an offset. */
static __thread
    __attribute__((tls_model("initial-exec"))) volatile unsigned long events;

void *malloc(size_t size) {
  events++;
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  events++;
  return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) {
  events++;
  return __libc_realloc(block, size);
}

void free(void *block) {
  events++;
  __libc_free(block);
}
