/* entry_behind.h - what stands behind the entry points: finds the next
 * definition of each, has memory for a dlsym that allocates, and does without
 * where nothing is. Part of entry.c.
 */
#ifndef MPRT_ENTRY_BEHIND_H
#define MPRT_ENTRY_BEHIND_H

/* Of the C++ library, if there is one. */
extern _Noreturn void _ZSt17__throw_bad_allocv(void) __attribute__((weak));
extern void (*_ZSt15get_new_handlerv(void))(void) __attribute__((weak));

/* Where each entry point forwards to. */
#define ROW_FIRST(SYMBOL, ...) [ENTRY_##SYMBOL] = (void *)first_##SYMBOL,
static void *const first[MPRT_ENTRY_COUNT] = {POINTS(ROW_FIRST)};
static void *_Atomic real[MPRT_ENTRY_COUNT] = {POINTS(ROW_FIRST)};
/* Where its calls go: the same, until we are awake. */
static void *_Atomic way[MPRT_ENTRY_COUNT] = {POINTS(ROW_FIRST)};
#define ROW_WITHOUT(SYMBOL, ...) [ENTRY_##SYMBOL] = (void *)without_##SYMBOL,
static void *const without[MPRT_ENTRY_COUNT] = {POINTS(ROW_WITHOUT)};

#define POINTER(TABLE, SYMBOL)                                                 \
  ((__typeof__(entry_##SYMBOL) *)atomic_load_explicit(&TABLE[ENTRY_##SYMBOL],  \
                                                      memory_order_relaxed))
#define REAL(SYMBOL) POINTER(real, SYMBOL)
#define WAY(SYMBOL) POINTER(way, SYMBOL)

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

/* With -static-libstdc++ our operator new stands in the place of its own: there
 * is no next one, and that of a preloaded allocator would throw another
 * library's exceptions. */
static bool has_static_cxx(void) {
  enum { UNKNOWN, NO, YES };
  static _Atomic int answer;
  int known = atomic_load_explicit(&answer, memory_order_relaxed);
  const void *thrower = (const void *)_ZSt17__throw_bad_allocv;
  if (thrower && known == UNKNOWN) {
    known = mprt_object_at(thrower) == mprt_object_at(&entries) ? YES : NO;
    atomic_store_explicit(&answer, known, memory_order_relaxed);
  }
  return known == YES;
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
  if (found || mprt_object_at(caller) == mprt_object_at(&entries) ||
      !dladdr(caller, &object) || !object.dli_fname)
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

/* Forwards to what was found from now on. */
static void *keep(unsigned entry, void *found) {
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
  void *unresolved = first[entry];
  atomic_compare_exchange_strong(&way[entry], &unresolved, found);
  return found;
}

/* Finds the real function and keeps it. Threads may do it at once: they find
 * the same. */
static void *resolve(unsigned entry, const void *caller) {
  static _Thread_local bool inside __attribute__((tls_model("initial-exec")));
  if (inside)
    return pool_function(entry);
  int saved_errno = errno;
  inside = true;
  void *found = keep(entry, lookup(entry, caller));
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
      keep(i, behind[i]);
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

#endif
