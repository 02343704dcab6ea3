/* entry.c - malloc, free and their kin, as the program calls them.
 *
 * Asleep, an entry point costs one jump: `way` starts at a function that looks
 * the real one up and puts it in its place, so nothing has to be tested; waking
 * puts the functions there that count. See
 * entry.h for the copies that are made of this file, entry_points.h for the
 * rows, entry_behind.h for what they forward to, entry_trial.h for the
 * self-test's calls.
 */
#define _GNU_SOURCE
#include "entry.h"
#include "object_at.h"
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIKELY(CONDITION) __builtin_expect(!!(CONDITION), 1)
/* Before a block is released: what the allocator keeps in front of it is read
 * next, so let both misses come at once. */
#define PREFETCH(BLOCK) __builtin_prefetch((const char *)(BLOCK)-16)
#define EXPORT __attribute__((visibility("default")))

#define POINTS(X) MPRT_ENTRY_POINTS(X)
#ifdef MPRT_ENTRY_WRAP
/* The linker's --wrap makes every call of malloc one of __wrap_malloc. */
#define PUBLIC(SYMBOL) __wrap_##SYMBOL
#define WEAK
#else
/* Weak, so that an allocator in the program itself wins. */
#define PUBLIC(SYMBOL) SYMBOL
#define WEAK __attribute__((weak))
#endif

#define DECLARE(SYMBOL, SHAPE, PARAMETERS, ...)                                \
  MPRT_RESULT_##SHAPE SYMBOL PARAMETERS;                                       \
  static MPRT_RESULT_##SHAPE entry_##SYMBOL PARAMETERS;                        \
  static MPRT_RESULT_##SHAPE first_##SYMBOL PARAMETERS;                        \
  static MPRT_RESULT_##SHAPE without_##SYMBOL PARAMETERS;                      \
  static bool trial_##SYMBOL(void);
POINTS(DECLARE)

#define ROW_OWN(SYMBOL, ...) [ENTRY_##SYMBOL] = (const void *)entry_##SYMBOL,
static void *lookup_next(unsigned entry);
static void resolve_all(void);
static void awaken(struct mprt_gate *gate);
static void settle(enum mprt_coming coming);
static uintptr_t current(void);
static enum mprt_trial trial(unsigned entry);
static struct memprof_entries entries = {
    .table = MPRT_ENTRY_TABLE,
    .own = {POINTS(ROW_OWN)},
    .next = lookup_next,
    .resolve = resolve_all,
    .awaken = awaken,
    .settle = settle,
    .trial = trial,
    .inside = current,
};

#include "entry_behind.h"

/* ---- The entry points ---- */

#define CFA() ((uintptr_t)__builtin_dwarf_cfa())

/* One level is enough: an entry point that calls another does it first thing,
 * or, when it throws, last. */
static _Thread_local uintptr_t inside;
static uintptr_t current(void) { return inside; }

/* Awake, the real function is called from here, and could no longer tell whose
 * libraries to look in. Only of operator new something can be missing. */
#define FIND_FOR_CALLER(SYMBOL)                                                \
  if (ENTRY_##SYMBOL > ENTRY_LAST_OF_C && REAL(SYMBOL) == first_##SYMBOL)      \
  resolve(ENTRY_##SYMBOL, __builtin_return_address(0))

/* The gate of the runtime that woke us: near, where __memprofpass_gate may be
 * far. */
static struct mprt_gate asleep = {.awake = MPRT_ASLEEP};
static struct mprt_gate *_Atomic near_gate = &asleep;
#define GATE() atomic_load_explicit(&near_gate, memory_order_relaxed)
#define IS_ASLEEP() (mprt_gate_awake(GATE()) == MPRT_ASLEEP)
#define IS_PLAIN() LIKELY(mprt_gate_awake(GATE()) == MPRT_AWAKE_PLAIN)

/* Each entry point in up to three parts. `rarely_` does everything, in any
 * state. `awake_` stands before it while MPRT_MARKED_COME, and lets pass what is
 * nobody's, which is most. `marked_` and `tracked_` are for the rest, in
 * functions of their own that are called at the end, so that the former saves no
 * register for them and the caller stays the same. They ask again: a child that
 * nobody saw being forked comes by the way of its parent. */
#define PART static __attribute__((noinline))

#define AWAKE_ALLOC(SYMBOL, PARAMETERS, ARGUMENTS, SIZE)                       \
  PART void *rarely_##SYMBOL PARAMETERS {                                      \
    FIND_FOR_CALLER(SYMBOL);                                                   \
    if (IS_ASLEEP())                                                           \
      return REAL(SYMBOL) ARGUMENTS;                                           \
    inside = CFA();                                                            \
    void *block = REAL(SYMBOL) ARGUMENTS;                                      \
    inside = 0;                                                                \
    if (entries.counts[ENTRY_##SYMBOL])                                        \
      __memprofpass_block_allocated_rarely(block, SIZE, CFA());                \
    return block;                                                              \
  }                                                                            \
  PART void *marked_##SYMBOL PARAMETERS {                                      \
    if (!IS_PLAIN())                                                           \
      return rarely_##SYMBOL ARGUMENTS;                                        \
    FIND_FOR_CALLER(SYMBOL);                                                   \
    return __memprofpass_block_allocated(REAL(SYMBOL) ARGUMENTS, SIZE, CFA()); \
  }                                                                            \
  static void *awake_##SYMBOL PARAMETERS {                                     \
    return mprt_is_in_marked_call() ? marked_##SYMBOL ARGUMENTS                \
                                    : REAL(SYMBOL) ARGUMENTS;                  \
  }
#define AWAKE_STORE(SYMBOL, PARAMETERS, ARGUMENTS, SIZE)                       \
  PART int rarely_##SYMBOL PARAMETERS {                                        \
    if (IS_ASLEEP())                                                           \
      return REAL(SYMBOL) ARGUMENTS;                                           \
    inside = CFA();                                                            \
    int error = REAL(SYMBOL) ARGUMENTS;                                        \
    inside = 0;                                                                \
    if (!error && entries.counts[ENTRY_##SYMBOL])                              \
      __memprofpass_block_allocated_rarely(*out, SIZE, CFA());                 \
    return error;                                                              \
  }                                                                            \
  static int awake_##SYMBOL PARAMETERS {                                       \
    return mprt_is_in_marked_call() ? rarely_##SYMBOL ARGUMENTS                \
                                    : REAL(SYMBOL) ARGUMENTS;                  \
  }
/* Out before the real release: the address may be handed out again at once. */
#define AWAKE_FREE(SYMBOL, PARAMETERS, ARGUMENTS, SIZE)                        \
  PART void rarely_##SYMBOL PARAMETERS {                                       \
    FIND_FOR_CALLER(SYMBOL);                                                   \
    if (entries.counts[ENTRY_##SYMBOL] && block && !IS_ASLEEP())               \
      __memprofpass_block_freed_rarely(block, CFA());                          \
    REAL(SYMBOL) ARGUMENTS;                                                    \
  }                                                                            \
  PART void tracked_##SYMBOL PARAMETERS {                                      \
    if (!IS_PLAIN()) {                                                         \
      rarely_##SYMBOL ARGUMENTS;                                               \
      return;                                                                  \
    }                                                                          \
    FIND_FOR_CALLER(SYMBOL);                                                   \
    PREFETCH(block);                                                           \
    __memprofpass_block_freed(block, CFA());                                   \
    REAL(SYMBOL) ARGUMENTS;                                                    \
  }                                                                            \
  static void awake_##SYMBOL PARAMETERS {                                      \
    if (mprt_gate_may_hold(GATE(), block))                                     \
      tracked_##SYMBOL ARGUMENTS;                                              \
    else                                                                       \
      REAL(SYMBOL) ARGUMENTS;                                                  \
  }
#define AWAKE_REALLOC(SYMBOL, PARAMETERS, ARGUMENTS, SIZE)                     \
  PART void *rarely_##SYMBOL PARAMETERS {                                      \
    if (!entries.counts[ENTRY_##SYMBOL] || IS_ASLEEP())                        \
      return REAL(SYMBOL) ARGUMENTS;                                           \
    uint64_t token = __memprofpass_block_reallocating_rarely(block);           \
    inside = CFA();                                                            \
    void *result = REAL(SYMBOL) ARGUMENTS;                                     \
    inside = 0;                                                                \
    __memprofpass_block_reallocated_rarely(token, block, result, SIZE, CFA()); \
    return result;                                                             \
  }                                                                            \
  PART void *tracked_##SYMBOL PARAMETERS {                                     \
    if (!IS_PLAIN())                                                           \
      return rarely_##SYMBOL ARGUMENTS;                                        \
    uint64_t token = __memprofpass_block_reallocating(block);                  \
    void *result = REAL(SYMBOL) ARGUMENTS;                                     \
    __memprofpass_block_reallocated(token, block, result, SIZE, CFA());        \
    return result;                                                             \
  }                                                                            \
  PART void *marked_##SYMBOL PARAMETERS {                                      \
    if (!IS_PLAIN())                                                           \
      return rarely_##SYMBOL ARGUMENTS;                                        \
    return __memprofpass_block_allocated(REAL(SYMBOL) ARGUMENTS, SIZE, CFA()); \
  }                                                                            \
  static void *awake_##SYMBOL PARAMETERS {                                     \
    if (mprt_gate_may_hold(GATE(), block))                                     \
      return tracked_##SYMBOL ARGUMENTS;                                       \
    return mprt_is_in_marked_call() ? marked_##SYMBOL ARGUMENTS                \
                                    : REAL(SYMBOL) ARGUMENTS;                  \
  }
#define AWAKE(SYMBOL, SHAPE, PARAMETERS, ARGUMENTS, SIZE, ...)                 \
  AWAKE_##SHAPE(SYMBOL, PARAMETERS, ARGUMENTS, SIZE)
POINTS(AWAKE)

#define ROW_RARELY(SYMBOL, ...) [ENTRY_##SYMBOL] = (void *)rarely_##SYMBOL,
#define ROW_AWAKE(SYMBOL, ...) [ENTRY_##SYMBOL] = (void *)awake_##SYMBOL,
static void settle(enum mprt_coming coming) {
  static void *const rarely[MPRT_ENTRY_COUNT] = {POINTS(ROW_RARELY)};
  static void *const awake[MPRT_ENTRY_COUNT] = {POINTS(ROW_AWAKE)};
  for (unsigned i = 0; i < MPRT_ENTRY_COUNT; i++) {
    void *to = coming == MPRT_MARKED_COME ? awake[i] : rarely[i];
    if (coming != MPRT_ALL_COME && !entries.counts[i])
      to = atomic_load(&real[i]);
    /* threads that allocate read it all the time */
    if (atomic_load_explicit(&way[i], memory_order_relaxed) != to)
      atomic_store_explicit(&way[i], to, memory_order_release);
  }
}

static void awaken(struct mprt_gate *gate) {
  atomic_store(&near_gate, gate);
  settle(MPRT_ALL_COME);
}

#define ENTRY(SYMBOL, SHAPE, PARAMETERS, ARGUMENTS, ...)                       \
  static MPRT_RESULT_##SHAPE entry_##SYMBOL PARAMETERS {                       \
    MPRT_RETURN_##SHAPE WAY(SYMBOL) ARGUMENTS;                                 \
  }
POINTS(ENTRY)

#define EXPORT_C(SYMBOL, SHAPE, PARAMETERS, ...)                               \
  EXPORT WEAK MPRT_RESULT_##SHAPE PUBLIC(SYMBOL)                               \
  PARAMETERS __attribute__((alias("entry_" #SYMBOL)));
MPRT_ENTRY_POINTS_C(EXPORT_C)
#define EXPORT_CXX(SYMBOL, SHAPE, PARAMETERS, ...)                             \
  EXPORT MPRT_RESULT_##SHAPE SYMBOL PARAMETERS                                 \
      __attribute__((weak, alias("entry_" #SYMBOL)));
MPRT_ENTRY_POINTS_CXX(EXPORT_CXX)

/* The copy that is linked first wins, and an executable's before the library's;
 * in a static link the wrapped one. */
extern struct memprof_entries __memprofpass_entries
    __attribute__((weak, alias("entries"), visibility("default")));
#if !defined(MPRT_ENTRY_WRAP) && !defined(MPRT_ENTRY_HOOKS)
extern struct memprof_entries __memprofpass_library_entries
    __attribute__((alias("entries"), visibility("default")));
#endif

#include "entry_trial.h"

/* ---- Ends of the process that run no handlers ---- */

#define ENDS(X)                                                                \
  X(_exit, (int status), (status), status = __memprofpass_ending(0, status))   \
  X(_Exit, (int status), (status), status = __memprofpass_ending(0, status))   \
  X(quick_exit, (int status), (status), __memprofpass_quick_ending(status))    \
  X(abort, (void), (), __memprofpass_ending(SIGABRT, 0))

#ifdef MPRT_ENTRY_WRAP
#define DECLARE_END(SYMBOL, PARAMETERS, ...)                                   \
  _Noreturn void __real_##SYMBOL PARAMETERS;                                   \
  _Noreturn void PUBLIC(SYMBOL) PARAMETERS;
#define END_REAL(SYMBOL) __real_##SYMBOL
#else
#define DECLARE_END(SYMBOL, PARAMETERS, ...)                                   \
  static void(*real_##SYMBOL) PARAMETERS;
#define END_REAL(SYMBOL) real_##SYMBOL

#define RESOLVE_END(SYMBOL, ...)                                               \
  if (!real_##SYMBOL)                                                          \
    real_##SYMBOL = (__typeof__(real_##SYMBOL))dlsym(RTLD_NEXT, #SYMBOL);
/* At the start: a forked child must not wait for a loader's lock that another
 * thread held. */
__attribute__((constructor(101))) static void resolve_ends(void);
#endif
ENDS(DECLARE_END)

#ifdef MPRT_ENTRY_WRAP
static void resolve_ends(void) {}
#else
static void resolve_ends(void){ENDS(RESOLVE_END)}
#endif

#define END(SYMBOL, PARAMETERS, ARGUMENTS, ENDING)                             \
  EXPORT WEAK _Noreturn void PUBLIC(SYMBOL) PARAMETERS {                       \
    ENDING;                                                                    \
    resolve_ends();                                                            \
    END_REAL(SYMBOL) ARGUMENTS;                                                \
    __builtin_unreachable();                                                   \
  }
ENDS(END)
