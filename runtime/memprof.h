/* memprof.h - the public header of MemProf, for C and C++: marks, limits and
 * the switch.
 *
 *     MEMPROF_PROFILE
 *     struct doc *parse(const char *text) { ... }
 *
 * The macros expand to nothing unless MEMPROF_ENABLED is defined, which
 * MemProf's flags do (pkg-config, the CMake target, memprof-clang): a
 * production object is the same, byte for byte, as one never marked.
 */
#ifndef MEMPROF_H
#define MEMPROF_H

#include <stddef.h>

#if defined(MEMPROF_ENABLED) && defined(__clang__)
/** Marks a function: it gets a table of its own in an activated run. Before the
 * declaration or definition. */
#define MEMPROF_PROFILE __attribute__((annotate("profile")))
/** Marks a function and limits it, for instance MEMPROF_LIMIT("peak=1MiB",
 * "allocs=3..10"). Metrics: allocs frees bytes peak kept (of one call), leaked
 * (of the run). A bad limit is a compile error. */
#define MEMPROF_LIMIT(...) __attribute__((annotate("profile", __VA_ARGS__)))
/** Marks the function in whose body it stands, as its first statement:
 * MEMPROF_PROFILE_BODY; for what no attribute reaches, such as constructors and
 * destructors with clang 14 and 16. Makes no code. Fine in constexpr functions
 * from C++14 on. */
#define MEMPROF_PROFILE_BODY                                                   \
  MEMPROF_UNLESS_CONSTANT((void)__builtin_annotation(0, "profile"))
/** Marks an allocator of the program's own, for instance MEMPROF_ALLOC(2) on
 * void *arena_alloc(struct arena *, size_t): which argument, from 1, is the
 * size; two are multiplied. A method's `this` is argument 1. The block that it
 * returns counts as a block, on the line of the marked function that asked for
 * it; what is allocated inside does not count, or it would count twice. */
#define MEMPROF_ALLOC(...)                                                     \
  __attribute__((annotate("profile_alloc", __VA_ARGS__)))
/** Marks a function that releases such blocks: which argument is the block. */
#define MEMPROF_FREE(ARGUMENT)                                                 \
  __attribute__((annotate("profile_free", ARGUMENT)))
#ifdef __cplusplus
#define MEMPROF_UNLESS_CONSTANT(...)                                           \
  (__builtin_is_constant_evaluated() ? (void)0 : (__VA_ARGS__))
#else
#define MEMPROF_UNLESS_CONSTANT(...) (__VA_ARGS__)
#endif
#else
#define MEMPROF_PROFILE
#define MEMPROF_LIMIT(...)
#define MEMPROF_PROFILE_BODY
#define MEMPROF_ALLOC(...)
#define MEMPROF_FREE(ARGUMENT)
#endif

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Activates profiling from here on, whatever environment and ini say. Blocks
 * allocated before are unknown. Calls that are already running are not counted;
 * the next ones are. Returns 1 when profiling is active afterwards, 0 when it
 * cannot be (a set-uid program, no memory). Thread-safe. */
int memprof_enable(void);

/** Stops charging: marked functions entered from here on run their plain
 * bodies. Numbers so far stay, and releases of counted blocks still lower Kept.
 * Thread-safe. No effect while asleep. */
void memprof_disable(void);

/** Returns 1 while profiling is active, else 0. Thread-safe. */
int memprof_is_active(void);

/** Tells of a stack that is about to be used, `size` bytes from `low` up: a
 * fibre's that malloc or mmap without a guard page made. What ran on this memory
 * before is over. The bounds of threads, makecontext() and sigaltstack() are
 * known. Thread-safe. No effect while asleep. */
void memprof_stack(void *low, size_t size);

#ifdef MEMPROF_ENABLED
/* What the two below call; they are nothing where the runtime is not linked. */
void __memprofpass_own_allocated(void *block, size_t size)
    __attribute__((weak));
void __memprofpass_own_freed(void *block) __attribute__((weak));

/** Tells of a block that an allocator of the program's own hands out, where
 * MEMPROF_ALLOC cannot say it: `size` bytes at `block`, which may be NULL. It
 * counts as a block of malloc does, until memprof_free tells that it is gone.
 * Does nothing asleep, and without MEMPROF_ENABLED. Thread-safe. */
static inline void memprof_alloc(const void *block, size_t size) {
  if (__memprofpass_own_allocated)
    __memprofpass_own_allocated((void *)block, size);
}

/** Tells that a block of memprof_alloc, or of a function marked MEMPROF_ALLOC,
 * is released. Others are ignored. Thread-safe. */
static inline void memprof_free(const void *block) {
  if (__memprofpass_own_freed)
    __memprofpass_own_freed((void *)block);
}
#else
#define memprof_alloc(BLOCK, SIZE) ((void)(BLOCK), (void)(SIZE))
#define memprof_free(BLOCK) ((void)(BLOCK))
#endif

#ifdef __cplusplus
}
#endif

#endif
