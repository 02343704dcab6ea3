/* jumps.c - libc's ways to another place on a stack, or to another stack, as the
 * program calls them.
 *
 * The calls that a longjmp leaves are finished before it, because afterwards
 * only an event further up the stack would tell that they are over.
 * makecontext() and sigaltstack() tell where a stack begins and ends.
 */
#define _GNU_SOURCE
#include "entry.h"
#include "stand_in.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <ucontext.h>

#define JUMPS(X)                                                               \
  X(longjmp)                                                                   \
  X(_longjmp)                                                                  \
  X(siglongjmp)                                                                \
  X(__longjmp_chk)

/* ---- Where a jump leads ---- */

/* Where libc keeps the stack pointer in a jump buffer, and by how many bits it
 * rotates the pointers that it scrambles there. musl scrambles none. */
#if defined(__GLIBC__) && defined(__x86_64__)
#define BUFFER_POINTER __jmpbuf[6]
#define BUFFER_ROTATION 17
#define STACK_POINTER "mov %%rsp, %0"
#elif defined(__x86_64__)
#define BUFFER_POINTER __jb[6]
#define BUFFER_ROTATION 0
#define STACK_POINTER "mov %%rsp, %0"
#elif defined(__GLIBC__) && defined(__aarch64__)
#define BUFFER_POINTER __jmpbuf[13]
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
  return unrotate((uintptr_t)buffer->BUFFER_POINTER);
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

/* ---- What stands behind us ---- */

#define FUNCTIONS(X)                                                           \
  X(longjmp, void, (struct __jmp_buf_tag[1], int))                             \
  X(_longjmp, void, (struct __jmp_buf_tag[1], int))                            \
  X(siglongjmp, void, (struct __jmp_buf_tag[1], int))                          \
  X(__longjmp_chk, void, (struct __jmp_buf_tag[1], int))                       \
  X(makecontext, void, (ucontext_t *, void (*)(void), int, ...))               \
  X(sigaltstack, int, (const stack_t *, stack_t *))

STAND_IN(FUNCTIONS)

/* ---- longjmp and its kin ---- */

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

/* ---- Stacks ---- */

/* The arguments of the context's function are integers, passed on as they are:
 * a program with more than this many would not be portable anywhere. */
#define CONTEXT_ARGUMENTS 24

EXPORT WEAK void PUBLIC(makecontext)(ucontext_t *context,
                                     void (*function)(void), int count, ...) {
  long a[CONTEXT_ARGUMENTS] = {0};
  va_list arguments;
  va_start(arguments, count);
  for (int i = 0; i < count && i < CONTEXT_ARGUMENTS; i++)
    a[i] = va_arg(arguments, long);
  va_end(arguments);
  if (mprt_awake() != MPRT_ASLEEP)
    __memprofpass_stack((uintptr_t)context->uc_stack.ss_sp,
                        context->uc_stack.ss_size, false);
  resolve();
  REAL(makecontext)
  (context, function, count, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7],
   a[8], a[9], a[10], a[11], a[12], a[13], a[14], a[15], a[16], a[17], a[18],
   a[19], a[20], a[21], a[22], a[23]);
}

EXPORT WEAK int PUBLIC(sigaltstack)(const stack_t *restrict stack,
                                    stack_t *restrict old) {
  stack_t before;
  resolve();
  int result = REAL(sigaltstack)(stack, &before);
  if (result != 0)
    return result;
  if (stack && mprt_awake() != MPRT_ASLEEP) {
    if (!(before.ss_flags & SS_DISABLE))
      __memprofpass_stack_left((uintptr_t)before.ss_sp);
    if (!(stack->ss_flags & SS_DISABLE))
      __memprofpass_stack((uintptr_t)stack->ss_sp, stack->ss_size, true);
  }
  if (old)
    *old = before;
  return result;
}
