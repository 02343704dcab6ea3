/* entry.c - malloc, free and their kin, as the program calls them.
 *
 * Asleep, an entry point costs one branch and a jump: `real` starts at a
 * function that looks the real one up, so nothing else has to be tested. See
 * entry.h for the copies that are made of this file, and entry_points.h for the
 * rows.
 */
#define _GNU_SOURCE
#include "entry.h"
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIKELY(CONDITION) __builtin_expect(!!(CONDITION), 1)
#define UNLIKELY(CONDITION) __builtin_expect(!!(CONDITION), 0)
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
static bool trial(unsigned entry);
static struct memprof_entries entries = {
    .table = MPRT_ENTRY_TABLE,
    .own = {POINTS(ROW_OWN)},
    .next = lookup_next,
    .resolve = resolve_all,
    .trial = trial,
};

/* ---- The real functions behind ours ---- */

/* Of the C++ library, if there is one. */
extern _Noreturn void _ZSt17__throw_bad_allocv(void) __attribute__((weak));
extern void (*_ZSt15get_new_handlerv(void))(void) __attribute__((weak));

/* Where each entry point forwards to. */
#define ROW_FIRST(SYMBOL, ...) [ENTRY_##SYMBOL] = (void *)first_##SYMBOL,
static void *_Atomic real[MPRT_ENTRY_COUNT] = {POINTS(ROW_FIRST)};
#define ROW_WITHOUT(SYMBOL, ...) [ENTRY_##SYMBOL] = (void *)without_##SYMBOL,
static void *const without[MPRT_ENTRY_COUNT] = {POINTS(ROW_WITHOUT)};

#define REAL(SYMBOL)                                                           \
  ((__typeof__(entry_##SYMBOL) *)atomic_load_explicit(&real[ENTRY_##SYMBOL],   \
                                                      memory_order_relaxed))

#ifdef MPRT_ENTRY_WRAP

#define DECLARE_REAL(SYMBOL, SHAPE, PARAMETERS, ...)                           \
  MPRT_RESULT_##SHAPE __real_##SYMBOL PARAMETERS;
MPRT_ENTRY_POINTS_LIBC(DECLARE_REAL)
#pragma weak __real_reallocarray
#pragma weak __real_free_sized
#pragma weak __real_free_aligned_sized
MPRT_ENTRY_POINTS_NEWER(DECLARE_REAL)
#define ROW_REAL(SYMBOL, ...) [ENTRY_##SYMBOL] = (void *)__real_##SYMBOL,

/* operator new is not wrapped but ours: it does without a next one. */
static void *lookup_next(unsigned entry) {
  static void *const wrapped[MPRT_ENTRY_COUNT] = {
      MPRT_ENTRY_POINTS_C(ROW_REAL)};
  return wrapped[entry];
}
static void *lookup(unsigned entry, const void *caller) {
  (void)caller;
  return lookup_next(entry);
}
static bool is_final(unsigned entry) {
  (void)entry;
  return true;
}

#else

#define ROW_NAME(SYMBOL, ...) [ENTRY_##SYMBOL] = #SYMBOL,
static const char *const names[MPRT_ENTRY_COUNT] = {POINTS(ROW_NAME)};

/* The loaded object that an address lies in; NULL when it is in none. */
static const void *object_at(const void *address) {
  Dl_info object;
  return address && dladdr(address, &object) ? object.dli_fbase : NULL;
}

/* With -static-libstdc++ our operator new stands in the place of its own: there
 * is no next one, and that of a preloaded allocator would throw another
 * library's exceptions. */
static bool has_static_cxx(void) {
  const void *thrower = (const void *)_ZSt17__throw_bad_allocv;
  return thrower && object_at(thrower) == object_at(&entries);
}

static bool is_final(unsigned entry) {
  return entry <= ENTRY_LAST_OF_C || has_static_cxx();
}

/* The library's copy, seen from another one; NULL when there is none. */
static struct memprof_entries *library(void) {
  struct memprof_entries *copy = &__memprofpass_library_entries;
  return copy && strcmp(copy->table, entries.table) == 0 ? copy : NULL;
}

static void *lookup_next(unsigned entry) {
  if (entry > ENTRY_LAST_OF_C && has_static_cxx())
    return NULL;
  void *found = dlsym(RTLD_NEXT, names[entry]);
  if (!found)
    dlerror(); /* the program must not find our error */
#ifdef MPRT_ENTRY_HOOKS
  /* the library's copy would only pass on */
  if (found && library() && found == library()->own[entry])
    found = library()->next(entry);
#endif
  return found;
}

static bool is_ours(unsigned entry, const void *function) {
  return function == entries.own[entry] ||
         (library() && function == library()->own[entry]);
}

/* What follows us may have been loaded later and for few only, as a plugin's
 * libstdc++: then the caller's own libraries have it. */
static void *lookup(unsigned entry, const void *caller) {
  void *found = lookup_next(entry);
  Dl_info object;
  if (found || !dladdr(caller, &object) || !object.dli_fname ||
      object.dli_fbase == object_at(&entries))
    return found;
  void *handle = dlopen(object.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
  if (handle) {
    found = dlsym(handle, names[entry]);
    dlclose(handle);
  }
  if (!found)
    dlerror();
  return found && !is_ours(entry, found) ? found : NULL;
}

#endif

/* ---- Memory for a dlsym that allocates, while it looks up the allocator ----
 */

static _Alignas(16) unsigned char pool[4096];
static _Atomic size_t pool_used;
static void *pool_free_real, *pool_realloc_real;
static void *resolve(unsigned entry, const void *caller);

static bool pool_holds(const void *block) {
  return (uintptr_t)block - (uintptr_t)pool < sizeof pool;
}

/* These two stand before the real ones from the pool's first use on, so that
 * nobody else pays for the question. */
static void pool_free(void *block) {
  if (!pool_holds(block))
    ((__typeof__(entry_free) *)pool_free_real)(block);
}
static void *pool_realloc(void *block, size_t size) {
  if (!pool_holds(block))
    return ((__typeof__(entry_realloc) *)pool_realloc_real)(block, size);
  void *moved = malloc(size);
  size_t left = sizeof pool - ((uintptr_t)block - (uintptr_t)pool);
  if (moved)
    memcpy(moved, block, size < left ? size : left);
  return moved;
}

static void *pool_alloc(size_t size) {
  size_t rounded = (size + 15) & ~(size_t)15;
  if (size > sizeof pool)
    return NULL;
  size_t used = atomic_fetch_add(&pool_used, rounded);
  return used + rounded <= sizeof pool ? pool + used : NULL;
}
static void *pool_calloc(size_t count, size_t each) {
  return pool_alloc(count > sizeof pool || each > sizeof pool ? SIZE_MAX
                                                              : count * each);
}
static void pool_ignore(void *block) { (void)block; }

/* What serves an entry point while this thread is inside dlsym. */
static void *pool_function(unsigned entry) {
  switch (entry) {
  case ENTRY_malloc:
    return (void *)pool_alloc;
  case ENTRY_calloc:
    return (void *)pool_calloc;
  case ENTRY_free:
    return (void *)pool_ignore;
  default:
    return without[entry];
  }
}

/* Finds the real function and keeps it. Threads may do it at once: they find
 * the same. */
static void *resolve(unsigned entry, const void *caller) {
  static _Thread_local bool inside __attribute__((tls_model("initial-exec")));
  if (inside)
    return pool_function(entry);
  int saved_errno = errno;
  inside = true;
  void *found = lookup(entry, caller);
  if (!found)
    found = without[entry];
  /* the first lookup has shown whether this dlsym needs the pool */
  if (entry == ENTRY_free && pool_used) {
    pool_free_real = found;
    found = (void *)pool_free;
  }
  if (entry == ENTRY_realloc && pool_used) {
    pool_realloc_real = found;
    found = (void *)pool_realloc;
  }
  atomic_store(&real[entry], found);
  inside = false;
  errno = saved_errno;
  return found;
}

/* What comes after this copy's object, as of when the runtime woke. */
static void *behind[MPRT_ENTRY_COUNT];

/* What is not there may still come with a library that is loaded later. */
static void resolve_all(void) {
  for (unsigned i = 0; i < MPRT_ENTRY_COUNT; i++) {
    behind[i] = lookup_next(i);
    if (behind[i] || is_final(i))
      resolve(i, NULL);
  }
}

#define FIRST(SYMBOL, SHAPE, PARAMETERS, ARGUMENTS, ...)                       \
  static MPRT_RESULT_##SHAPE first_##SYMBOL PARAMETERS {                       \
    void *found = resolve(ENTRY_##SYMBOL, __builtin_return_address(0));        \
    return ((__typeof__(entry_##SYMBOL) *)found)ARGUMENTS;                     \
  }
POINTS(FIRST)

/* ---- When nothing is behind us ---- */

/* SIZE_MAX when it does not fit: the call fails, and must not look like one of
 * no bytes. */
static size_t product(size_t count, size_t each) {
  size_t size;
  return __builtin_mul_overflow(count, each, &size) ? SIZE_MAX : size;
}

static void *nothing(void) {
  errno = ENOMEM;
  return NULL;
}

static void *realloc_product(void *block, size_t count, size_t each) {
  size_t size = product(count, each);
  return size == SIZE_MAX ? nothing() : realloc(block, size);
}

/* As libstdc++ does it. Where it cannot be asked to throw, the end is that of a
 * bad_alloc that nobody catches. */
static void *new_without(size_t size, size_t alignment) {
  for (;;) {
    void *block =
        alignment ? aligned_alloc(alignment, size) : malloc(size ? size : 1);
    if (block)
      return block;
    void (*handler)(void) =
        _ZSt15get_new_handlerv ? _ZSt15get_new_handlerv() : NULL;
    if (handler)
      handler();
    else if (_ZSt17__throw_bad_allocv)
      _ZSt17__throw_bad_allocv();
    else
      abort();
  }
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#define WITHOUT(SYMBOL, SHAPE, PARAMETERS, ARGUMENTS, SIZE, WITHOUT_IT, ...)   \
  static MPRT_RESULT_##SHAPE without_##SYMBOL PARAMETERS { return WITHOUT_IT; }
POINTS(WITHOUT)
#pragma GCC diagnostic pop

/* ---- The entry points ---- */

static bool is_awake(void) {
  return atomic_load_explicit(
             atomic_load_explicit(&__memprofpass_awake, memory_order_relaxed),
             memory_order_relaxed) != 0;
}

#define CFA() ((uintptr_t)__builtin_dwarf_cfa())

/* Awake, the real function is called from here, and could no longer tell whose
 * libraries to look in. Only of operator new something can be missing. */
#define FIND_FOR_CALLER(SYMBOL)                                                \
  if (ENTRY_##SYMBOL > ENTRY_LAST_OF_C && REAL(SYMBOL) == first_##SYMBOL)      \
  resolve(ENTRY_##SYMBOL, __builtin_return_address(0))

#define ENTRY_ALLOC(SYMBOL, PARAMETERS, ARGUMENTS, SIZE)                       \
  static void *entry_##SYMBOL PARAMETERS {                                     \
    if (LIKELY(!is_awake()))                                                   \
      return REAL(SYMBOL) ARGUMENTS;                                           \
    FIND_FOR_CALLER(SYMBOL);                                                   \
    void *block = REAL(SYMBOL) ARGUMENTS;                                      \
    if (entries.counts[ENTRY_##SYMBOL])                                        \
      __memprofpass_block_allocated(block, SIZE, CFA());                       \
    return block;                                                              \
  }
#define ENTRY_STORE(SYMBOL, PARAMETERS, ARGUMENTS, SIZE)                       \
  static int entry_##SYMBOL PARAMETERS {                                       \
    if (LIKELY(!is_awake()))                                                   \
      return REAL(SYMBOL) ARGUMENTS;                                           \
    int error = REAL(SYMBOL) ARGUMENTS;                                        \
    if (!error && entries.counts[ENTRY_##SYMBOL])                              \
      __memprofpass_block_allocated(*out, SIZE, CFA());                        \
    return error;                                                              \
  }
/* Out before the real release: the address may be handed out again at once. */
#define ENTRY_FREE(SYMBOL, PARAMETERS, ARGUMENTS, SIZE)                        \
  static void entry_##SYMBOL PARAMETERS {                                      \
    if (UNLIKELY(is_awake())) {                                                \
      FIND_FOR_CALLER(SYMBOL);                                                 \
      if (block && entries.counts[ENTRY_##SYMBOL])                             \
        __memprofpass_block_freed(block, CFA());                               \
    }                                                                          \
    REAL(SYMBOL) ARGUMENTS;                                                    \
  }
#define ENTRY_REALLOC(SYMBOL, PARAMETERS, ARGUMENTS, SIZE)                     \
  static void *entry_##SYMBOL PARAMETERS {                                     \
    if (LIKELY(!is_awake()) || !entries.counts[ENTRY_##SYMBOL])                \
      return REAL(SYMBOL) ARGUMENTS;                                           \
    uint64_t token = __memprofpass_block_reallocating(block);                  \
    void *result = REAL(SYMBOL) ARGUMENTS;                                     \
    __memprofpass_block_reallocated(token, block, result, SIZE, CFA());        \
    return result;                                                             \
  }
#define ENTRY(SYMBOL, SHAPE, PARAMETERS, ARGUMENTS, SIZE, ...)                 \
  ENTRY_##SHAPE(SYMBOL, PARAMETERS, ARGUMENTS, SIZE)
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

/* ---- The self-test's calls ---- */

/* A block that the compiler has to believe in: a pair of calls whose block
 * nobody sees may be optimised away. */
static void *seen(void *block) {
  static void *volatile kept;
  kept = block;
  return kept;
}

#define TRIAL_ALLOC(SYMBOL, TRIAL, PARTNER)                                    \
  void *block = seen(SYMBOL TRIAL);                                            \
  PARTNER;                                                                     \
  return block != NULL;
#define TRIAL_STORE(SYMBOL, TRIAL, PARTNER)                                    \
  void *block = NULL;                                                          \
  if (SYMBOL TRIAL == 0)                                                       \
    block = seen(block);                                                       \
  PARTNER;                                                                     \
  return block != NULL;
#define TRIAL_REALLOC(SYMBOL, TRIAL, PARTNER)                                  \
  void *block = seen(malloc(64));                                              \
  block = seen(SYMBOL TRIAL);                                                  \
  PARTNER;                                                                     \
  return block != NULL;
#define TRIAL_FREE(SYMBOL, TRIAL, PARTNER)                                     \
  void *block = seen(PARTNER);                                                 \
  SYMBOL TRIAL;                                                                \
  return true;
#define TRIAL(SYMBOL, SHAPE, PARAMETERS, ARGUMENTS, SIZE, WITHOUT_IT, TRIAL,   \
              PARTNER)                                                         \
  static bool trial_##SYMBOL(void) { TRIAL_##SHAPE(SYMBOL, TRIAL, PARTNER) }
POINTS(TRIAL)

#ifdef MPRT_ENTRY_WRAP
static bool can_try(unsigned entry) { return entry <= ENTRY_LAST_OF_C; }
#else
#define ROW_PUBLIC(SYMBOL, ...) [ENTRY_##SYMBOL] = (const void *)SYMBOL,

/* Whether no form of operator new is the program's own: one form may call
 * another, and before the program's constructors ran it must not be called
 * behind its back. */
static bool all_cxx_is_ours(void) {
  const void *volatile const public[MPRT_ENTRY_COUNT] = {POINTS(ROW_PUBLIC)};
  for (unsigned i = ENTRY_LAST_OF_C + 1; i < MPRT_ENTRY_COUNT; i++)
    if (!is_ours(i, public[i]))
      return false;
  return true;
}

/* An allocator that lacks an entry point (jemalloc has no pvalloc) leaves it to
 * libc, whose block its free cannot take. A C program has no operator new. */
static bool can_try(unsigned entry) {
  const void *object = object_at(behind[entry]);
  if (entry <= ENTRY_LAST_OF_C)
    return !object || object == object_at(behind[ENTRY_free]);
  return object && all_cxx_is_ours();
}
#endif

static bool trial(unsigned entry) {
#define ROW_TRIAL(SYMBOL, ...) [ENTRY_##SYMBOL] = trial_##SYMBOL,
  static bool (*const trials[MPRT_ENTRY_COUNT])(void) = {POINTS(ROW_TRIAL)};
  return can_try(entry) && trials[entry]();
}

/* ---- Ends of the process that run no handlers ---- */

#define ENDS(X)                                                                \
  X(_exit, (int status), (status))                                             \
  X(_Exit, (int status), (status))                                             \
  X(abort, (void), ())

#ifdef MPRT_ENTRY_WRAP
#define DECLARE_END(SYMBOL, PARAMETERS, ARGUMENTS)                             \
  _Noreturn void __real_##SYMBOL PARAMETERS;                                   \
  _Noreturn void PUBLIC(SYMBOL) PARAMETERS;
#define END_REAL(SYMBOL) __real_##SYMBOL
#else
#define DECLARE_END(SYMBOL, PARAMETERS, ARGUMENTS)                             \
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

#define END(SYMBOL, PARAMETERS, ARGUMENTS)                                     \
  EXPORT WEAK _Noreturn void PUBLIC(SYMBOL) PARAMETERS {                       \
    __memprofpass_ending();                                                    \
    resolve_ends();                                                            \
    END_REAL(SYMBOL) ARGUMENTS;                                                \
    __builtin_unreachable();                                                   \
  }
ENDS(END)
