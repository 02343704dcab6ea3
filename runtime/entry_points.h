/* entry_points.h - the allocator's entry points, one row each.
 *
 * X(symbol, shape, parameters, arguments, size, without, trial, partner)
 *   shape    ALLOC    returns a block or NULL
 *            STORE    stores a block through `out`, returns 0 or an error
 *            REALLOC  turns `block` into the result
 *            FREE     releases `block`
 *   size     the requested bytes
 *   without  what to do when nothing behind us defines it: a libc that is older
 *            than the function, or no C++ library
 *   trial    arguments of the self-test's call
 *   partner  ALLOC, STORE, REALLOC: the call that releases the self-test's
 *            `block`; FREE: the call that makes it
 *
 * What a row's next definition itself passes on to another row (libstdc++'s
 * operator new calls malloc, glibc's reallocarray calls realloc) is counted
 * there; the self-test finds out which those are.
 */
#ifndef MPRT_ENTRY_POINTS_H
#define MPRT_ENTRY_POINTS_H

/* What every libc of today has. */
#define MPRT_ENTRY_POINTS_LIBC(X)                                              \
  X(malloc, ALLOC, (size_t size), (size), size, nothing(), (64), free(block))  \
  X(free, FREE, (void *block), (block), 0, (void)0, (block), malloc(64))       \
  X(calloc, ALLOC, (size_t count, size_t each), (count, each),                 \
    product(count, each), nothing(), (2, 32), free(block))                     \
  X(realloc, REALLOC, (void *block, size_t size), (block, size), size,         \
    nothing(), (block, 128), free(block))                                      \
  X(posix_memalign, STORE, (void **out, size_t alignment, size_t size),        \
    (out, alignment, size), size, ENOMEM, (&block, 64, 64), free(block))       \
  X(aligned_alloc, ALLOC, (size_t alignment, size_t size), (alignment, size),  \
    size, nothing(), (64, 64), free(block))                                    \
  X(memalign, ALLOC, (size_t alignment, size_t size), (alignment, size), size, \
    nothing(), (64, 64), free(block))                                          \
  X(valloc, ALLOC, (size_t size), (size), size, nothing(), (64), free(block))  \
  X(pvalloc, ALLOC, (size_t size), (size), size, nothing(), (64), free(block))

/* What can be done without. */
#define MPRT_ENTRY_POINTS_NEWER(X)                                             \
  X(reallocarray, REALLOC, (void *block, size_t count, size_t each),           \
    (block, count, each), product(count, each),                                \
    realloc_product(block, count, each), (block, 2, 64), free(block))          \
  X(free_sized, FREE, (void *block, size_t size), (block, size), 0,            \
    free(block), (block, 64), malloc(64))                                      \
  X(free_aligned_sized, FREE, (void *block, size_t alignment, size_t size),    \
    (block, alignment, size), 0, free(block), (block, 64, 64),                 \
    aligned_alloc(64, 64))

#define MPRT_ENTRY_POINTS_C(X)                                                 \
  MPRT_ENTRY_POINTS_LIBC(X)                                                    \
  MPRT_ENTRY_POINTS_NEWER(X)

/* operator new and new[], by their names in the Itanium ABI of 64-bit targets;
 * a std::nothrow_t const & travels as a pointer. */
#define MPRT_ENTRY_POINTS_NEW(X)                                               \
  X(_Znwm, ALLOC, (size_t size), (size), size, new_without(size, 0), (64),     \
    _ZdlPv(block))                                                             \
  X(_Znam, ALLOC, (size_t size), (size), size, new_without(size, 0), (64),     \
    _ZdaPv(block))                                                             \
  X(_ZnwmRKSt9nothrow_t, ALLOC, (size_t size, const void *nothrow),            \
    (size, nothrow), size, malloc(size), (64, ""), _ZdlPv(block))              \
  X(_ZnamRKSt9nothrow_t, ALLOC, (size_t size, const void *nothrow),            \
    (size, nothrow), size, malloc(size), (64, ""), _ZdaPv(block))              \
  X(_ZnwmSt11align_val_t, ALLOC, (size_t size, size_t alignment),              \
    (size, alignment), size, new_without(size, alignment), (64, 64),           \
    _ZdlPvSt11align_val_t(block, 64))                                          \
  X(_ZnamSt11align_val_t, ALLOC, (size_t size, size_t alignment),              \
    (size, alignment), size, new_without(size, alignment), (64, 64),           \
    _ZdaPvSt11align_val_t(block, 64))                                          \
  X(_ZnwmSt11align_val_tRKSt9nothrow_t, ALLOC,                                 \
    (size_t size, size_t alignment, const void *nothrow),                      \
    (size, alignment, nothrow), size, aligned_alloc(alignment, size),          \
    (64, 64, ""), _ZdlPvSt11align_val_t(block, 64))                            \
  X(_ZnamSt11align_val_tRKSt9nothrow_t, ALLOC,                                 \
    (size_t size, size_t alignment, const void *nothrow),                      \
    (size, alignment, nothrow), size, aligned_alloc(alignment, size),          \
    (64, 64, ""), _ZdaPvSt11align_val_t(block, 64))

#define MPRT_ENTRY_POINTS_DELETE(X)                                            \
  X(_ZdlPv, FREE, (void *block), (block), 0, free(block), (block), _Znwm(64))  \
  X(_ZdaPv, FREE, (void *block), (block), 0, free(block), (block), _Znam(64))  \
  X(_ZdlPvm, FREE, (void *block, size_t size), (block, size), 0, free(block),  \
    (block, 64), _Znwm(64))                                                    \
  X(_ZdaPvm, FREE, (void *block, size_t size), (block, size), 0, free(block),  \
    (block, 64), _Znam(64))                                                    \
  X(_ZdlPvRKSt9nothrow_t, FREE, (void *block, const void *nothrow),            \
    (block, nothrow), 0, free(block), (block, ""), _Znwm(64))                  \
  X(_ZdaPvRKSt9nothrow_t, FREE, (void *block, const void *nothrow),            \
    (block, nothrow), 0, free(block), (block, ""), _Znam(64))                  \
  X(_ZdlPvSt11align_val_t, FREE, (void *block, size_t alignment),              \
    (block, alignment), 0, free(block), (block, 64),                           \
    _ZnwmSt11align_val_t(64, 64))                                              \
  X(_ZdaPvSt11align_val_t, FREE, (void *block, size_t alignment),              \
    (block, alignment), 0, free(block), (block, 64),                           \
    _ZnamSt11align_val_t(64, 64))                                              \
  X(_ZdlPvmSt11align_val_t, FREE,                                              \
    (void *block, size_t size, size_t alignment), (block, size, alignment), 0, \
    free(block), (block, 64, 64), _ZnwmSt11align_val_t(64, 64))                \
  X(_ZdaPvmSt11align_val_t, FREE,                                              \
    (void *block, size_t size, size_t alignment), (block, size, alignment), 0, \
    free(block), (block, 64, 64), _ZnamSt11align_val_t(64, 64))                \
  X(_ZdlPvSt11align_val_tRKSt9nothrow_t, FREE,                                 \
    (void *block, size_t alignment, const void *nothrow),                      \
    (block, alignment, nothrow), 0, free(block), (block, 64, ""),              \
    _ZnwmSt11align_val_t(64, 64))                                              \
  X(_ZdaPvSt11align_val_tRKSt9nothrow_t, FREE,                                 \
    (void *block, size_t alignment, const void *nothrow),                      \
    (block, alignment, nothrow), 0, free(block), (block, 64, ""),              \
    _ZnamSt11align_val_t(64, 64))

#define MPRT_ENTRY_POINTS_CXX(X)                                               \
  MPRT_ENTRY_POINTS_NEW(X)                                                     \
  MPRT_ENTRY_POINTS_DELETE(X)
#define MPRT_ENTRY_POINTS(X)                                                   \
  MPRT_ENTRY_POINTS_C(X)                                                       \
  MPRT_ENTRY_POINTS_CXX(X)

/* The result of a row's function, by shape. */
#define MPRT_RESULT_ALLOC void *
#define MPRT_RESULT_STORE int
#define MPRT_RESULT_REALLOC void *
#define MPRT_RESULT_FREE void
#define MPRT_RETURN_ALLOC return
#define MPRT_RETURN_STORE return
#define MPRT_RETURN_REALLOC return
#define MPRT_RETURN_FREE

#endif
