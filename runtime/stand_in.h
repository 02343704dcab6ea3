/* stand_in.h - for files that stand in for functions of libc, as the program
 * calls them: their public names, and what is behind these.
 *
 * Such a file is compiled twice. In a dynamic program its functions have libc's
 * names, and what is behind is the next definition; a program's own one wins.
 * For a fully static program the linker's --wrap leads to __wrap_ names, and
 * behind is libc's, as __real_.
 *
 * The functions stand in a table X(symbol, result, parameters).
 */
#ifndef MPRT_STAND_IN_H
#define MPRT_STAND_IN_H

#include <dlfcn.h>

#define EXPORT __attribute__((visibility("default")))

#ifdef MPRT_ENTRY_WRAP
#define PUBLIC(SYMBOL) __wrap_##SYMBOL
#define WEAK
#define REAL(SYMBOL) __real_##SYMBOL
#define STAND_IN_DECLARE(SYMBOL, RESULT, PARAMETERS)                           \
  RESULT __real_##SYMBOL PARAMETERS;                                           \
  RESULT __wrap_##SYMBOL PARAMETERS;
#define STAND_IN(TABLE)                                                        \
  TABLE(STAND_IN_DECLARE)                                                      \
  static void resolve(void) {}
#else
#define PUBLIC(SYMBOL) SYMBOL
#define WEAK __attribute__((weak))
#define REAL(SYMBOL) real_##SYMBOL
#define STAND_IN_DECLARE(SYMBOL, RESULT, PARAMETERS)                           \
  RESULT SYMBOL PARAMETERS;                                                    \
  static RESULT(*real_##SYMBOL) PARAMETERS;
#define STAND_IN_RESOLVE(SYMBOL, ...)                                          \
  if (!real_##SYMBOL)                                                          \
    real_##SYMBOL = (__typeof__(real_##SYMBOL))dlsym(RTLD_NEXT, #SYMBOL);
/* At the start: a signal handler, or a forked child, must not find the loader's
 * lock taken by whom it interrupted. */
#define STAND_IN(TABLE)                                                        \
  TABLE(STAND_IN_DECLARE)                                                      \
  __attribute__((constructor(101))) static void resolve(void) {                \
    TABLE(STAND_IN_RESOLVE)                                                    \
  }
#endif

#endif
