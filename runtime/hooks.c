/* hooks.c - where allocation events arrive: from the entry points, or, with
 * hooks=direct, from generated code. */
#include "entry.h"
#include "runtime.h"
#include "wake.h"

#define CFA() ((uintptr_t)__builtin_dwarf_cfa())

static bool is_testing(void) {
  return MPRT_UNLIKELY(
      atomic_load_explicit(&mprt_selftest_runs, memory_order_relaxed));
}

/* ---- From the entry points, which have looked at the awake word ---- */

void __memprofpass_block_allocated(void *block, size_t size, uintptr_t cfa) {
  if (is_testing())
    mprt_selftest_event(MPRT_ALLOCATED);
  else
    mprt_account_allocated(block, size, cfa);
}

void __memprofpass_block_freed(void *block, uintptr_t cfa) {
  if (is_testing())
    mprt_selftest_event(MPRT_FREED);
  else
    mprt_account_freed(block, cfa);
}

uint64_t __memprofpass_block_reallocating(void *block) {
  return is_testing() ? 0 : mprt_account_reallocating(block);
}

void __memprofpass_block_reallocated(uint64_t token, void *old_block,
                                     void *block, size_t size, uintptr_t cfa) {
  if (is_testing())
    mprt_selftest_event(MPRT_REALLOCATED);
  else
    mprt_account_reallocated(token, old_block, block, size, cfa);
}

/* ---- From generated code ---- */

static bool is_direct(void) {
  return MPRT_UNLIKELY(mprt_direct) && mprt_is_awake();
}

void __memprofpass_allocated(void *block, size_t size) {
  if (is_direct())
    mprt_account_allocated(block, size, CFA());
}

void __memprofpass_freed(void *block) {
  if (is_direct())
    mprt_account_freed(block, CFA());
}

uint64_t __memprofpass_reallocating(void *block) {
  return is_direct() ? mprt_account_reallocating(block) : 0;
}

void __memprofpass_reallocated(uint64_t token, void *old_block, void *block,
                               size_t size) {
  if (is_direct())
    mprt_account_reallocated(token, old_block, block, size, CFA());
}
