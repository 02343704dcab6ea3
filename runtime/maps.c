/* maps.c - mmap, mremap and munmap, as the program calls them. libc's own calls
 * and the dynamic loader's do not come here. */
#define _GNU_SOURCE
#include "entry.h"
#include "stand_in.h"
#include <errno.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __GLIBC__ /* musl's mmap is both */
#define MAPS_GLIBC(X)                                                          \
  X(mmap64, void *, (void *, size_t, int, int, int, off64_t))
#else
#define MAPS_GLIBC(X)
#endif
#define MAPS(X)                                                                \
  MAPS_GLIBC(X)                                                                \
  X(mmap, void *, (void *, size_t, int, int, int, off_t))                      \
  X(mremap, void *, (void *, size_t, size_t, int, ...))                        \
  X(munmap, int, (void *, size_t))

#define CFA() ((uintptr_t)__builtin_dwarf_cfa())

#ifdef MPRT_ENTRY_WRAP
MAPS(STAND_IN_DECLARE)
#else
/* An allocator may come before our constructor, or the loader's: its lookup of
 * a symbol could ask it for memory. */
#ifdef SYS_mmap2
static void *first_map(void *address, size_t length, int protection, int flags,
                       int fd, int64_t offset) {
  enum { UNIT = 4096 };
  if (offset % UNIT) {
    errno = EINVAL;
    return MAP_FAILED;
  }
  return (void *)syscall(SYS_mmap2, address, length, protection, flags, fd,
                         (long)(offset / UNIT));
}
#else
static void *first_map(void *address, size_t length, int protection, int flags,
                       int fd, int64_t offset) {
  return (void *)syscall(SYS_mmap, address, length, (long)protection,
                         (long)flags, (long)fd, offset);
}
#endif
static void *first_mmap(void *address, size_t length, int protection, int flags,
                        int fd, off_t offset) {
  return first_map(address, length, protection, flags, fd, offset);
}
#ifdef __GLIBC__
static void *first_mmap64(void *address, size_t length, int protection,
                          int flags, int fd, off64_t offset) {
  return first_map(address, length, protection, flags, fd, offset);
}
#endif
static void *first_mremap(void *address, size_t length, size_t wanted,
                          int flags, ...) {
  va_list list;
  va_start(list, flags);
  void *place = va_arg(list, void *);
  va_end(list);
  return (void *)syscall(SYS_mremap, address, length, wanted, (long)flags,
                         place);
}
static int first_munmap(void *address, size_t length) {
  return (int)syscall(SYS_munmap, address, length);
}

#define DECLARE(SYMBOL, RESULT, PARAMETERS)                                    \
  static RESULT(*real_##SYMBOL) PARAMETERS = first_##SYMBOL;
MAPS(DECLARE)

#define RESOLVE(SYMBOL, ...)                                                   \
  found = dlsym(RTLD_NEXT, #SYMBOL);                                           \
  if (found)                                                                   \
    real_##SYMBOL = (__typeof__(real_##SYMBOL))found;
__attribute__((constructor(101))) static void resolve(void) {
  void *found;
  MAPS(RESOLVE)
}
#endif

/* Asleep, that is all. */
static bool is_counted(uintptr_t cfa) {
  return mprt_awake() != MPRT_ASLEEP && __memprofpass_mapping(cfa);
}

#define MMAP(SYMBOL, OFFSET)                                                   \
  EXPORT WEAK void *PUBLIC(SYMBOL)(void *address, size_t length,               \
                                   int protection, int flags, int fd,          \
                                   OFFSET offset) {                            \
    bool counts = is_counted(CFA());                                           \
    void *result =                                                             \
        REAL(SYMBOL)(address, length, protection, flags, fd, offset);          \
    if (counts)                                                                \
      __memprofpass_mapped(NULL, 0, result, result == MAP_FAILED ? 0 : length, \
                           flags & MAP_FIXED, CFA());                          \
    return result;                                                             \
  }
MMAP(mmap, off_t)
#ifdef __GLIBC__
MMAP(mmap64, off64_t)
#endif

EXPORT WEAK int PUBLIC(munmap)(void *address, size_t length) {
  bool counts = is_counted(CFA());
  int result = REAL(munmap)(address, length);
  if (counts)
    __memprofpass_mapped(address, result == 0 ? length : 0, NULL, 0, false,
                         CFA());
  return result;
}

/* The kernel looks at the place only with flags that say so. */
EXPORT WEAK void *PUBLIC(mremap)(void *address, size_t length, size_t wanted,
                                 int flags, ...) {
  va_list list;
  va_start(list, flags);
  void *place = va_arg(list, void *);
  va_end(list);
  bool counts = is_counted(CFA());
  void *result = REAL(mremap)(address, length, wanted, flags, place);
  if (!counts)
    return result;
  bool is_moved = result != MAP_FAILED, is_gone = is_moved;
#ifdef MREMAP_DONTUNMAP
  is_gone = is_moved && !(flags & MREMAP_DONTUNMAP);
#endif
  __memprofpass_mapped(address, is_gone ? length : 0, result,
                       is_moved ? wanted : 0, flags & MREMAP_FIXED, CFA());
  return result;
}
