/* jumps.c - longjmp and its kin, as the program calls them: the calls that a
 * jump leaves are finished before it, because afterwards only an event further
 * up the stack would tell that they are over.
 *
 * Like entry.c this is compiled twice: for a fully static program the linker's
 * --wrap leads here.
 */
#define _GNU_SOURCE
#include "entry.h"
#include <dlfcn.h>
#include <setjmp.h>

#define EXPORT __attribute__((visibility("default")))

#define JUMPS(X)                                                               \
  X(longjmp)                                                                   \
  X(_longjmp)                                                                  \
  X(siglongjmp)                                                                \
  X(__longjmp_chk)

/* ---- Where a jump leads ---- */

/* Where glibc keeps the stack pointer in a jump buffer, and by how many bits it
 * rotates the pointers that it scrambles there. */
#if defined(__GLIBC__) && defined(__x86_64__)
#define BUFFER_POINTER 6
#define BUFFER_ROTATION 17
#define STACK_POINTER "mov %%rsp, %0"
#elif defined(__GLIBC__) && defined(__aarch64__)
#define BUFFER_POINTER 13
#define BUFFER_ROTATION 0
#define STACK_POINTER "mov %0, sp"
#endif

#ifdef BUFFER_POINTER
static uintptr_t unrotate(uintptr_t value) {
  const unsigned bits = 8 * sizeof value;
  return BUFFER_ROTATION ? value >> BUFFER_ROTATION |
                               value << ((bits - BUFFER_ROTATION) % bits)
                         : value;
}

static uintptr_t buffer_pointer(const struct __jmp_buf_tag *buffer) {
  return unrotate((uintptr_t)buffer->__jmpbuf[BUFFER_POINTER]);
}

/* The stack pointer that the jump will set. What it was scrambled with is read
 * off a buffer of our own, in which the pointer is known. */
static __attribute__((noinline)) uintptr_t
jump_target(const struct __jmp_buf_tag *buffer) {
  jmp_buf here;
  uintptr_t pointer;
  if (_setjmp(here)) /* nobody comes back to it */
    return 0;
  __asm__ volatile(STACK_POINTER : "=r"(pointer));
  return buffer_pointer(buffer) ^ buffer_pointer(here) ^ pointer;
}
#else
static uintptr_t jump_target(const struct __jmp_buf_tag *buffer) {
  (void)buffer;
  return 0;
}
#endif

/* ---- The jumps ---- */

#ifdef MPRT_ENTRY_WRAP
#define PUBLIC(SYMBOL) __wrap_##SYMBOL
#define WEAK
#define REAL(SYMBOL) __real_##SYMBOL
#define DECLARE(SYMBOL)                                                        \
  _Noreturn void __real_##SYMBOL(struct __jmp_buf_tag *, int);                 \
  _Noreturn void __wrap_##SYMBOL(struct __jmp_buf_tag[1], int);
JUMPS(DECLARE)
static void resolve(void) {}
#else
#define PUBLIC(SYMBOL) SYMBOL
/* a program's own definition wins */
#define WEAK __attribute__((weak))
#define REAL(SYMBOL) real_##SYMBOL
#define DECLARE(SYMBOL)                                                        \
  _Noreturn void SYMBOL(struct __jmp_buf_tag[1], int);                         \
  static void (*real_##SYMBOL)(struct __jmp_buf_tag *, int);
JUMPS(DECLARE)

#define RESOLVE(SYMBOL)                                                        \
  if (!real_##SYMBOL)                                                          \
    real_##SYMBOL = (__typeof__(real_##SYMBOL))dlsym(RTLD_NEXT, #SYMBOL);
/* At the start: a signal handler that jumps must not find the loader's lock
 * taken by whom it interrupted. */
__attribute__((constructor(101))) static void resolve(void){JUMPS(RESOLVE)}
#endif

#define JUMP(SYMBOL)                                                           \
  EXPORT WEAK _Noreturn void PUBLIC(SYMBOL)(struct __jmp_buf_tag buffer[1],    \
                                            int value) {                       \
    if (mprt_awake() != MPRT_ASLEEP)                                           \
      __memprofpass_jumping(jump_target(buffer));                              \
    resolve();                                                                 \
    REAL(SYMBOL)(buffer, value);                                               \
    __builtin_unreachable();                                                   \
  }
JUMPS(JUMP)
