/* runtime.h - what the runtime's files ask of each other. One section per file.
 *
 * Rules for all of them: no malloc, no stdio, no lock on the hot path, errno
 * kept by every hook, and on failure one message and a smaller service, never
 * an exit. Ownership: the arena owns every record; a record is written by the
 * thread it names; the process's counters are atomic.
 */
#ifndef MPRT_RUNTIME_H
#define MPRT_RUNTIME_H

#include "config.h"
#include "memprof_format.h"
#include <stdatomic.h>
#include <stdbool.h>

#define MPRT_LIKELY(CONDITION) __builtin_expect(!!(CONDITION), 1)
#define MPRT_UNLIKELY(CONDITION) __builtin_expect(!!(CONDITION), 0)
#define MPRT_EXPORT __attribute__((visibility("default")))

#pragma GCC visibility push(hidden)

/* ---- init.c: asleep or awake
 * ----------------------------------------------------------------------------
 */

/* COLD -> STARTING -> ASLEEP or AWAKE; never back. Idempotent; the earliest of
 * our constructor, a module's registration and the first allocator call runs
 * it. */
void mprt_init(void);
/* The settings of this process, constant after init. */
extern struct mprt_config mprt_config;
/* True from the moment the arena stands; never false again in this process,
 * even when disabled. A forked child reads false (the word behind it is wiped
 * on fork) and counts nothing, until it is re-armed. */
bool mprt_is_awake(void);
/* True when only the calls that the pass saw are counted: hooks=direct, or our
 * allocator entry points are not the process's. Constant after init. */
extern bool mprt_direct;

/* ---- arena.c: the profile image
 * ------------------------------------------------------------------------- */

/* Start of the image; NULL while there is none. Constant once set. */
extern unsigned char *mprt_arena_base;

static inline void *mprt_at(memprof_ref ref) {
  return mprt_arena_base + (size_t)ref * MEMPROF_UNIT;
}
static inline memprof_ref mprt_ref(const void *record) {
  return (memprof_ref)(((const unsigned char *)record - mprt_arena_base) /
                       MEMPROF_UNIT);
}
static inline struct memprof_header *mprt_header(void) {
  return (struct memprof_header *)mprt_arena_base;
}

/* Reserves the address space and writes the header. Returns false (after a
 * message) when there is no memory. */
bool mprt_arena_open(void);
/* A new record: zeroed, head filled in, `size` bytes with its head, rounded up
 * to MEMPROF_UNIT. NULL when the image is full, said once. `fill` (may be NULL)
 * writes the constant fields before the record is published. Any thread; takes
 * a short lock. */
void *mprt_arena_alloc(enum memprof_kind kind, size_t size,
                       void (*fill)(void *record, const void *context),
                       const void *context);

/* ---- registry.c: modules and their functions
 * ------------------------------------------------------------- */

/* Copies the descriptors of all registered modules into the arena; later
 * modules follow as they register. */
void mprt_registry_wake(void);
/* Sets the live words: of the functions that mprt_config.functions selects, or
 * none. Any thread. */
void mprt_registry_activate(bool active);
bool mprt_registry_is_active(void);
/* The function with this id, or NULL. Lock-free. */
const struct memprof_function *mprt_registry_function(uint32_t id);

/* ---- frames.c: threads, their shadow stacks and calling contexts
 * ------------------------------------------ */

/* This thread's record, or NULL when it has none yet (it has entered no marked
 * function). */
struct memprof_thread *mprt_thread(void);
/* The same, made if need be; NULL when memory ran out or the thread is past its
 * end. */
struct memprof_thread *mprt_thread_attach(void);
/* Makes the key whose destructor gives a finished thread's record back. From
 * init, before any thread ends. */
void mprt_threads_init(void);
/* The thread's innermost frame that is still on the machine stack: drops
 * abandoned frames (longjmp) whose cfa lies below `cfa`, finishing their calls.
 */
struct memprof_frame *mprt_frames_current(struct memprof_thread *thread,
                                          uintptr_t cfa);

/* ---- account.c: what an event adds to which counters
 * -------------------------------------------------------- */

/* An allocation of `size` requested bytes; block may be NULL (a failed call:
 * nothing counts). */
void mprt_account_allocated(void *block, size_t size, uintptr_t cfa);
/* A release, before the real one. Unknown blocks are ignored. */
void mprt_account_freed(void *block, uintptr_t cfa);
/* A realloc in two steps: before the real call the old block is taken out;
 * after it the event is charged, or, when it failed, the old block is put back.
 */
uint64_t mprt_account_reallocating(void *block);
void mprt_account_reallocated(uint64_t token, void *old_block, void *block,
                              size_t size, uintptr_t cfa);
/* The exit of `frame` as an event of its caller's line; used by exit and by
 * frames dropped. */
void mprt_account_finish_call(struct memprof_thread *thread,
                              struct memprof_frame *frame);
/* The next event's stamp. */
uint64_t mprt_account_stamp(struct memprof_thread *thread);

/* ---- blocks.c: block address -> (line record, requested bytes)
 * ------------------------------------------------ */

/* One block's word: 28 bits of memprof_ref to its LINE record, 36 bits of size;
 * 0 = no block. */
typedef uint64_t mprt_block;

bool mprt_blocks_init(void);
/* Enters a block; returns what stood at the address before (0 as it should be).
 */
mprt_block mprt_blocks_put(const void *address, memprof_ref line, size_t size);
/* Takes a block out and returns it, 0 when it is not ours. Lock-free, and cheap
 * when it is not. */
mprt_block mprt_blocks_take(const void *address);
memprof_ref mprt_block_line(mprt_block block);
uint64_t mprt_block_size(mprt_block block);

#pragma GCC visibility pop
#endif
