/* hooks.c - where allocation events arrive: from the entry points, or, with
 * hooks=direct, from generated code. */
#include "entry.h"
#include "runtime.h"
#include "wake.h"

/* Whether an event is to be counted, and what has to be done before. */
MPRT_COLD static bool is_counted(enum mprt_event event) {
  switch (mprt_awake()) {
  case MPRT_ASLEEP:
    return false;
  case MPRT_TESTING:
    mprt_selftest_event(event);
    return false;
  case MPRT_FORKED:
    mprt_fork_arm();
    return mprt_is_awake();
  default:
    return true;
  }
}

/* ---- From the entry points, unless asleep ---- */

void __memprofpass_block_allocated_rarely(void *block, size_t size,
                                          uintptr_t cfa) {
  if (is_counted(MPRT_ALLOCATED)) {
    mprt_account_allocated(block, size, cfa);
    mprt_fork_counted();
  }
}

void __memprofpass_block_freed_rarely(void *block, uintptr_t cfa) {
  if (is_counted(MPRT_FREED)) {
    mprt_account_freed(block, cfa);
    mprt_fork_counted();
  }
}

/* The event itself comes with `reallocated`. */
uint64_t __memprofpass_block_reallocating_rarely(void *block) {
  if (mprt_awake() == MPRT_FORKED)
    mprt_fork_arm();
  bool counts = mprt_is_awake() && mprt_awake() != MPRT_TESTING;
  return counts ? mprt_account_reallocating(block) : 0;
}

void __memprofpass_block_reallocated_rarely(uint64_t token, void *old_block,
                                            void *block, size_t size,
                                            uintptr_t cfa) {
  if (is_counted(MPRT_REALLOCATED)) {
    mprt_account_reallocated(token, old_block, block, size, cfa);
    mprt_fork_counted();
  }
}

/* ---- From generated code ---- */

#define CFA() ((uintptr_t)__builtin_dwarf_cfa())

static bool is_direct(void) { return MPRT_UNLIKELY(__memprofpass_direct); }

void __memprofpass_allocated(void *block, size_t size) {
  /* a wrapper with __attribute__((malloc)) has counted what it returned */
  if (is_direct() && !mprt_sanitizer_saw(block) && !mprt_account_is_own(block))
    __memprofpass_block_allocated_rarely(block, size, CFA());
}

void __memprofpass_freed(void *block) {
  if (is_direct())
    __memprofpass_block_freed_rarely(block, CFA());
}

uint64_t __memprofpass_reallocating(void *block) {
  if (!is_direct())
    return 0;
  mprt_sanitizer_hush(true);
  return __memprofpass_block_reallocating_rarely(block);
}

void __memprofpass_reallocated(uint64_t token, void *old_block, void *block,
                               size_t size) {
  mprt_sanitizer_hush(false);
  if (is_direct())
    __memprofpass_block_reallocated_rarely(token, old_block, block, size,
                                           CFA());
}

/* ---- The program's own allocators: generated code, and memprof.h ---- */

uint64_t __memprofpass_wrapper_begin(void) {
  switch (mprt_awake()) {
  case MPRT_AWAKE:
  case MPRT_AWAKE_PLAIN:
  case MPRT_FORKED:
    return mprt_account_wrapper_begin(CFA());
  default:
    return 0;
  }
}

void __memprofpass_wrapper_end(uint64_t token) {
  if (token)
    mprt_account_wrapper_end(CFA());
}

void __memprofpass_own_allocated(void *block, size_t size) {
  if (mprt_awake() == MPRT_ASLEEP || !is_counted(MPRT_ALLOCATED))
    return;
  mprt_account_own_allocated(block, size, CFA());
  mprt_fork_counted();
}

void __memprofpass_own_freed(void *block) {
  if (mprt_awake() == MPRT_ASLEEP || !is_counted(MPRT_FREED))
    return;
  mprt_account_own_freed(block, CFA());
  mprt_fork_counted();
}
