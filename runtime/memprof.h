/* memprof.h - the public header of MemProf, for C and C++: marks, limits, the
 * switch, and a program's own numbers.
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

#ifdef __cplusplus
extern "C" {
#endif

/** Activates profiling from here on, whatever environment and ini say. Blocks
 * allocated before are unknown. Calls that are already running are not counted;
 * the next ones are. Returns 1 when profiling is active afterwards, 0 when it
 * cannot be (a set-uid program, no memory). Thread-safe. The one function here
 * that needs the runtime to link. */
int memprof_enable(void);

/** One call, callees included. Bytes as requested. */
struct memprof_call {
  unsigned long long allocs, frees, bytes, peak, kept;
};

/** What a function measured, callees included. */
struct memprof_stats {
  unsigned long long calls;                       /* unfinished ones included */
  unsigned long long allocs, frees, bytes, freed; /* of all calls */
  unsigned long long kept; /* bytes not released so far, by anyone */
  /* each metric by itself, over finished calls */
  struct memprof_call largest, smallest, first;
};

/** A limit that a call, or the run, broke. Texts live during the sink's call. */
struct memprof_violation {
  const char *function; /* "" for the process */
  const char *metric;   /* "peak" */
  const char *where;    /* where the limit was set: "parse.c:12" */
  const char *text;     /* the whole of it as one line, without an end */
  unsigned long long floor, ceiling, actual; /* ceiling: all ones for none */
  unsigned long long call; /* number of the function's call; 0: of the run */
};
typedef void memprof_sink(void *context,
                          const struct memprof_violation *violation);

typedef void memprof_visitor(void *context, const char *function,
                             const struct memprof_stats *stats);

#ifdef __cplusplus
#define MEMPROF_NO_STATS (memprof_stats())
#else
#define MEMPROF_NO_STATS ((struct memprof_stats){0})
#endif

/* All others do nothing, and return 0, where the runtime is not linked, where
 * it is asleep, and where the compiler knows no weak symbols. */
#if defined(__ELF__) && defined(__GNUC__)
#ifdef MEMPROF_RUNTIME /* which is what it is about */
#define MEMPROF_WEAK
#else
#define MEMPROF_WEAK __attribute__((weak))
#endif

MEMPROF_WEAK void memprof_disable(void);
MEMPROF_WEAK int memprof_is_active(void);
MEMPROF_WEAK void memprof_stack(void *low, size_t size);
MEMPROF_WEAK int memprof_get(const char *function, struct memprof_stats *stats);
MEMPROF_WEAK int memprof_each(memprof_visitor *visitor, void *context);
MEMPROF_WEAK void memprof_reset(void);
MEMPROF_WEAK void memprof_pause(void);
MEMPROF_WEAK void memprof_resume(void);
MEMPROF_WEAK void memprof_begin_at(const char *name, const char *file,
                                   unsigned line);
MEMPROF_WEAK void memprof_begin(const char *name);
MEMPROF_WEAK void memprof_end(void);
MEMPROF_WEAK void memprof_test_begin(const char *suite, const char *name);
MEMPROF_WEAK void memprof_test_end(void);
MEMPROF_WEAK int memprof_report(const char *stream);
MEMPROF_WEAK int memprof_limit_set(const char *function, const char *limit);
MEMPROF_WEAK void memprof_set_sink(memprof_sink *sink, void *context);

#ifndef MEMPROF_RUNTIME
#define MEMPROF_CALL(FUNCTION, ARGUMENTS)                                      \
  (FUNCTION ? (FUNCTION)ARGUMENTS : (void)0)
#define MEMPROF_ASK(FUNCTION, ARGUMENTS) (FUNCTION ? (FUNCTION)ARGUMENTS : 0)

/** Stops charging: marked functions entered from here on run their plain
 * bodies. Numbers so far stay, and releases of counted blocks still lower Kept.
 * Thread-safe. */
#define memprof_disable() MEMPROF_CALL(memprof_disable, ())

/** Returns 1 while profiling is active, else 0. Thread-safe. */
#define memprof_is_active() MEMPROF_ASK(memprof_is_active, ())

/** Tells of a stack that is about to be used, `size` bytes from `low` up: a
 * fibre's that malloc or mmap without a guard page made. What ran on this memory
 * before is over. The bounds of threads, makecontext() and sigaltstack() are
 * known. Thread-safe. */
#define memprof_stack(LOW, SIZE) MEMPROF_CALL(memprof_stack, (LOW, SIZE))

/** Fills *STATS with the numbers of a function or scope by its name ("parse",
 * "json::parse") or signature: over all threads, or, while a test runs on this
 * thread, of this test alone. Returns 1, or 0 when no such function is known,
 * with *STATS all zero. Thread-safe; numbers of threads that run meanwhile may
 * be one event apart. */
#define memprof_get(FUNCTION, STATS)                                           \
  (memprof_get ? (memprof_get)(FUNCTION, STATS)                                \
               : ((void)(*(STATS) = MEMPROF_NO_STATS), 0))

/** Calls VISITOR(CONTEXT, signature, stats) for each function and scope that was
 * called, with the numbers of memprof_get(); what it allocates does not count.
 * Returns 1, or 0 asleep. */
#define memprof_each(VISITOR, CONTEXT)                                         \
  MEMPROF_ASK(memprof_each, (VISITOR, CONTEXT))

/** Sets all numbers to zero and forgets all blocks; calls in progress are none
 * of the calls counted from here on. While no other thread runs marked
 * functions. */
#define memprof_reset() MEMPROF_CALL(memprof_reset, ())

/** From memprof_pause() to memprof_resume() this thread counts nothing new:
 * no calls, no allocations. Releases of counted blocks still lower Kept. Nests. */
#define memprof_pause() MEMPROF_CALL(memprof_pause, ())
#define memprof_resume() MEMPROF_CALL(memprof_resume, ())

/** A scope: what happens from memprof_begin("name") to memprof_end() on this
 * thread is measured as if it were a marked function of that name. Both in the
 * same function; scopes nest. In a marked function its lines keep their
 * numbers. */
#define memprof_begin(NAME)                                                    \
  MEMPROF_CALL(memprof_begin_at, (NAME, __FILE__, __LINE__))
#define memprof_end() MEMPROF_CALL(memprof_end, ())

/** A test: what marked functions do on this thread from memprof_test_begin() to
 * memprof_test_end() is also told by test ("suite.name"; SUITE may be NULL). By
 * itself a test counts nothing. Tests of several threads may overlap. */
#define memprof_test_begin(SUITE, NAME)                                        \
  MEMPROF_CALL(memprof_test_begin, (SUITE, NAME))
#define memprof_test_end() MEMPROF_CALL(memprof_test_end, ())

/** Writes the report as it is now: to "stderr", "stdout" or a path, as the
 * option `stream`; NULL: to what that option says. Returns 1, or 0 after a
 * message. Thread-safe. */
#define memprof_report(STREAM) MEMPROF_ASK(memprof_report, (STREAM))

/** Limits a function, or those that a glob matches, from here on, over what
 * marks and ini say: memprof_limit_set("parse", "peak=1MiB"). Returns 1, or 0
 * after a message that says what is wrong. Thread-safe. */
#define memprof_limit_set(FUNCTION, LIMIT)                                     \
  MEMPROF_ASK(memprof_limit_set, (FUNCTION, LIMIT))

/** SINK(CONTEXT, violation) is called for each broken limit, at the end of the
 * call that broke it and on its thread, or at the end of the run; it may
 * allocate (nothing of it counts), but not throw or jump. NULL: none. */
#define memprof_set_sink(SINK, CONTEXT)                                        \
  MEMPROF_CALL(memprof_set_sink, (SINK, CONTEXT))

#endif

#elif !defined(MEMPROF_RUNTIME)
#define memprof_disable() ((void)0)
#define memprof_is_active() 0
#define memprof_stack(LOW, SIZE) ((void)(LOW), (void)(SIZE))
#define memprof_get(FUNCTION, STATS)                                           \
  ((void)(FUNCTION), (void)(*(STATS) = MEMPROF_NO_STATS), 0)
#define memprof_each(VISITOR, CONTEXT) ((void)(VISITOR), (void)(CONTEXT), 0)
#define memprof_set_sink(SINK, CONTEXT) ((void)(SINK), (void)(CONTEXT))
#define memprof_reset() ((void)0)
#define memprof_pause() ((void)0)
#define memprof_resume() ((void)0)
#define memprof_begin(NAME) ((void)(NAME))
#define memprof_end() ((void)0)
#define memprof_test_begin(SUITE, NAME) ((void)(SUITE), (void)(NAME))
#define memprof_test_end() ((void)0)
#define memprof_report(STREAM) ((void)(STREAM), 0)
#define memprof_limit_set(FUNCTION, LIMIT) ((void)(FUNCTION), (void)(LIMIT), 0)
#endif

/** Runs the block that follows 1 + N times: once to warm up, uncounted, then N
 * times as a scope of that name. In its numbers, `smallest` is the steady state:
 *
 *     MEMPROF_STEADY("parse again", 3) { parse(text); }
 *
 * Leave the block at its end only, not by break, goto or return. */
#if defined(__ELF__) && defined(__GNUC__)
#define MEMPROF_STEADY(NAME, N)                                                \
  for (int memprof_round = -1;                                                 \
       memprof_round++ < (N)                                                   \
           ? (memprof_round ? memprof_begin(NAME) : memprof_pause(), 1)        \
           : 0;                                                                \
       memprof_round ? memprof_end() : memprof_resume())
#else
#define MEMPROF_STEADY(NAME, N)                                                \
  for (int memprof_round = -1; memprof_round++ < (N) ? ((void)(NAME), 1) : 0;)
#endif

#ifdef MEMPROF_ENABLED
/* What the two below call; they are nothing where the runtime is not linked. */
void __memprofpass_own_allocated(const void *block, size_t size)
    __attribute__((weak));
void __memprofpass_own_freed(const void *block) __attribute__((weak));

/** Tells of a block that an allocator of the program's own hands out, where
 * MEMPROF_ALLOC cannot say it: `size` bytes at `block`, which may be NULL. It
 * counts as a block of malloc does, until memprof_free tells that it is gone.
 * Does nothing asleep, and without MEMPROF_ENABLED. Thread-safe. */
static inline void memprof_alloc(const void *block, size_t size) {
  if (__memprofpass_own_allocated)
    __memprofpass_own_allocated(block, size);
}

/** Tells that a block of memprof_alloc, or of a function marked MEMPROF_ALLOC,
 * is released. Others are ignored. Thread-safe. */
static inline void memprof_free(const void *block) {
  if (__memprofpass_own_freed)
    __memprofpass_own_freed(block);
}
#else
#define memprof_alloc(BLOCK, SIZE) ((void)(BLOCK), (void)(SIZE))
#define memprof_free(BLOCK) ((void)(BLOCK))
#endif

#ifdef __cplusplus
}

namespace memprof {
/** memprof_begin and memprof_end for the rest of a C++ block. */
class scope {
public:
  explicit scope(const char *name, const char *file = __builtin_FILE(),
                 unsigned line = __builtin_LINE()) {
#if defined(__ELF__) && defined(__GNUC__)
    MEMPROF_CALL(memprof_begin_at, (name, file, line));
#else
    (void)name, (void)file, (void)line;
#endif
  }
  ~scope() { memprof_end(); }

private:
  scope(const scope &); // not copied
  scope &operator=(const scope &);
};
} // namespace memprof
#endif

#endif
