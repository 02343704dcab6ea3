/* entry_trial.h - the self-test's calls, by name, as the program makes them.
 * Part of entry.c. */
#ifndef MPRT_ENTRY_TRIAL_H
#define MPRT_ENTRY_TRIAL_H

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
/* Where this object's calls of an entry point lead. In the library the loader
 * would look for all of them at each start, asleep or not: it is asked when it
 * matters. In an executable the linker knows. */
#ifdef MPRT_ENTRY_LIBRARY
static const void *public(unsigned entry) {
  return dlsym(RTLD_DEFAULT, names[entry]);
}
#else
static const void *public(unsigned entry) {
#define ROW_PUBLIC(SYMBOL, ...) [ENTRY_##SYMBOL] = (const void *)SYMBOL,
  static const void *volatile const functions[MPRT_ENTRY_COUNT] = {
      POINTS(ROW_PUBLIC)};
  return functions[entry];
}
#endif

/* Whether no form of operator new is the program's own: one form may call
 * another, and before the program's constructors ran it must not be called
 * behind its back. */
static bool all_cxx_is_ours(void) {
  static bool is_known, are_ours = true; /* the self-test alone asks */
  for (unsigned i = ENTRY_LAST_OF_C + 1; i < MPRT_ENTRY_COUNT && !is_known; i++)
    are_ours = are_ours && is_ours(i, public(i));
  is_known = true;
  return are_ours;
}

/* An allocator that lacks an entry point (jemalloc has no pvalloc) leaves it to
 * libc, whose block its free cannot take. Not so the three that every program
 * pairs with free: a library that stands before them alone passes them on. A C
 * program has no operator new. */
static bool can_try(unsigned entry) {
  if (entry == ENTRY_malloc || entry == ENTRY_calloc || entry == ENTRY_realloc)
    return true;
  const void *object = mprt_object_at(behind[entry]);
  if (entry <= ENTRY_LAST_OF_C)
    return !object || object == mprt_object_at(behind[ENTRY_free]);
  return object && all_cxx_is_ours();
}
#endif

static enum mprt_trial trial(unsigned entry) {
#define ROW_TRIAL(SYMBOL, ...) [ENTRY_##SYMBOL] = trial_##SYMBOL,
  static bool (*const trials[MPRT_ENTRY_COUNT])(void) = {POINTS(ROW_TRIAL)};
  if (!can_try(entry))
    return MPRT_NOT_TRIED;
  /* valgrind ends the program at a call of it */
  if (entry == ENTRY_pvalloc)
    return MPRT_TRUSTED;
  return trials[entry]() ? MPRT_TRIED : MPRT_NOT_TRIED;
}

#endif
