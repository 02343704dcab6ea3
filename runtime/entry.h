/* entry.h - the contract between the allocator entry points and the runtime
 * behind them.
 *
 * entry.c defines malloc, free and their kin. It is compiled twice: into
 * libmemprof_hooks.a, linked into the executable, so that a preloaded allocator
 * stands behind us; and into libmemprof, where the same names are weak. Each
 * copy forwards to the next definition after its own object, so what is
 * preloaded is never skipped; the executable's copy skips the library's.
 */
#ifndef MPRT_ENTRY_H
#define MPRT_ENTRY_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(default)

/* The awake word: 0 asleep. It lies on a page that fork wipes. */
extern const _Atomic uint32_t *__memprofpass_awake;

/* Called by entry points while awake; cfa: the stack pointer before the entry
 * point was called. */
void __memprofpass_block_allocated(void *block, size_t size, uintptr_t cfa);
void __memprofpass_block_freed(void *block, uintptr_t cfa);
uint64_t __memprofpass_block_reallocating(void *block);
void __memprofpass_block_reallocated(uint64_t token, void *old_block,
                                     void *block, size_t size, uintptr_t cfa);

/* Before _exit, abort and their kin, which run no handlers: writes the report.
 */
void __memprofpass_ending(void);

#pragma GCC visibility pop
#endif
