/* children.c - the ways to make a child that tell no handler of fork(), as the
 * program calls them: _Fork, clone, syscall and vfork. */
#define _GNU_SOURCE
#include "entry.h"
#include "stand_in.h"
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef int child_begin(void *);

#define CHILDREN(X)                                                            \
  X(_Fork, pid_t, (void))                                                      \
  X(clone, int, (child_begin * begin, void *stack, int flags, void *, ...))    \
  X(syscall, long, (long number, ...))

#ifdef MPRT_ENTRY_WRAP
#pragma weak __real__Fork
#endif
STAND_IN(CHILDREN)

/* ---- A memory of its own ---- */

EXPORT WEAK pid_t PUBLIC(_Fork)(void) {
  resolve();
  if (!REAL(_Fork)) { /* libc is older than it */
    errno = ENOSYS;
    return -1;
  }
  __memprofpass_forking();
  pid_t child = REAL(_Fork)();
  if (child == 0)
    __memprofpass_forked();
  else
    __memprofpass_fork_over();
  return child;
}

/* Whether a system call makes a child with a copy of our memory. */
static bool is_fork(long number, const long *arguments) {
  switch (number) {
#ifdef SYS_fork
  case SYS_fork:
    return true;
#endif
  case SYS_clone:
    return !(arguments[0] & CLONE_VM);
#ifdef SYS_clone3
  case SYS_clone3: /* the flags are the first field of its structure */
    return arguments[0] && !(*(const uint64_t *)arguments[0] & CLONE_VM);
#endif
  default:
    return false;
  }
}

EXPORT WEAK long PUBLIC(syscall)(long number, ...) {
  enum { ARGUMENTS = 6 };
  long a[ARGUMENTS];
  va_list list;
  va_start(list, number);
  for (unsigned i = 0; i < ARGUMENTS; i++)
    a[i] = va_arg(list, long);
  va_end(list);
  resolve();
  if (!is_fork(number, a))
    return REAL(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  __memprofpass_forking();
  long child = REAL(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  if (child == 0)
    __memprofpass_forked();
  else
    __memprofpass_fork_over();
  return child;
}

/* What a child of clone() begins with; the caller's stack is copied. */
struct start {
  child_begin *begin;
  void *argument;
};

static int child_start(void *opaque) {
  struct start start = *(struct start *)opaque;
  __memprofpass_forked_elsewhere();
  return start.begin(start.argument);
}

EXPORT WEAK int PUBLIC(clone)(child_begin *begin, void *stack, int flags,
                              void *argument, ...) {
  enum { PARENT_TID, TLS, CHILD_TID, OPTIONAL };
  void *a[OPTIONAL];
  va_list list;
  va_start(list, argument);
  for (unsigned i = 0; i < OPTIONAL; i++)
    a[i] = va_arg(list, void *);
  va_end(list);
  resolve();
  bool is_thread = flags & CLONE_VM && !(flags & CLONE_VFORK);
  if (is_thread || !begin || !stack)
    return REAL(clone)(begin, stack, flags, argument, a[PARENT_TID], a[TLS],
                       a[CHILD_TID]);
  if (flags & CLONE_VM) {
    __memprofpass_vforking();
    int child = REAL(clone)(begin, stack, flags, argument, a[PARENT_TID],
                            a[TLS], a[CHILD_TID]);
    __memprofpass_vfork_over();
    return child;
  }
  struct start start = {begin, argument};
  __memprofpass_forking();
  int child = REAL(clone)(child_start, stack, flags, &start, a[PARENT_TID],
                          a[TLS], a[CHILD_TID]);
  __memprofpass_fork_over();
  return child;
}

/* ---- Its parent's memory ----
 *
 * vfork() returns twice on one stack, and what the child calls overwrites the
 * place of the parent's return address: it waits in a register, which the
 * kernel gives back to both. */
#define TEXT_(X) #X
#define TEXT(X) TEXT_(X)

EXPORT long __memprofpass_vforked(long result);
long __memprofpass_vforked(long result) {
  __memprofpass_vfork_over();
  if (result > 0)
    return result;
  errno = (int)-result;
  return -1;
}

#if defined(__x86_64__) && defined(__LP64__)
__asm__(
    ".text\n"
    ".weak " TEXT(
        PUBLIC(vfork)) "\n"
                       ".type " TEXT(PUBLIC(vfork)) ", @function\n" TEXT(PUBLIC(
                           vfork)) ":\n"
                                   "  .cfi_startproc\n"
                                   "  endbr64\n"
                                   "  subq $8, %rsp\n"
                                   "  .cfi_adjust_cfa_offset 8\n"
                                   "  call __memprofpass_vforking@PLT\n"
                                   "  addq $8, %rsp\n"
                                   "  .cfi_adjust_cfa_offset -8\n"
                                   "  popq %rdi\n"
                                   "  .cfi_adjust_cfa_offset -8\n"
                                   "  .cfi_register %rip, %rdi\n"
                                   "  movl $" TEXT(
                                       __NR_vfork) ", %eax\n"
                                                   "  syscall\n"
                                                   "  pushq %rdi\n"
                                                   "  .cfi_adjust_cfa_offset "
                                                   "8\n"
                                                   "  .cfi_rel_offset %rip, 0\n"
                                                   "  testq %rax, %rax\n"
                                                   "  jz 1f\n"
                                                   "  movq %rax, %rdi\n"
                                                   "  jmp "
                                                   "__memprofpass_vforked@PLT\n"
                                                   "1: ret\n"
                                                   "  .cfi_endproc\n"
                                                   ".size " TEXT(PUBLIC(vfork)) ", . - " TEXT(
                                                       PUBLIC(vfork)) "\n");
#endif
