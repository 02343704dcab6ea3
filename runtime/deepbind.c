/* deepbind.c - says when a library is loaded so that its calls of malloc go
 * past our entry points: RTLD_DEEPBIND looks into the library's own
 * dependencies first, and libc is one of them.
 *
 * In libmemprof.so only. The real dlopen looks for the file where its caller
 * would (RUNPATH), so ours has to leave by a jump.
 */
#define _GNU_SOURCE
#include "runtime.h"
#include <dlfcn.h>

#ifdef RTLD_DEEPBIND /* glibc's */

static void *(*real)(const char *file, int mode);

__attribute__((constructor(101))) static void find_real(void) {
  real = (__typeof__(real))dlsym(RTLD_NEXT, "dlopen");
}

MPRT_COLD static void tell(const char *file) {
  static atomic_flag told = ATOMIC_FLAG_INIT;
  if (!__memprofpass_direct && mprt_is_awake() &&
      !atomic_flag_test_and_set(&told))
    mprt_message("'%s' is loaded with RTLD_DEEPBIND: its calls of 'malloc' do "
                 "not come to memprof and are not counted; load it without "
                 "that flag",
                 file ? file : "the program");
}

#if __has_attribute(musttail)
#define JUMP __attribute__((musttail)) return
#define JUMPS
#else
#define JUMP return
#define JUMPS __attribute__((optimize("O2")))
#endif

MPRT_EXPORT JUMPS void *dlopen(const char *file, int mode) {
  if (MPRT_UNLIKELY(mode & RTLD_DEEPBIND))
    tell(file);
  if (MPRT_UNLIKELY(!real))
    find_real();
  JUMP real(file, mode);
}

#endif
