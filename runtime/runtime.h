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
#include "memprof_limits.h"
#include <stdatomic.h>
#include <stdbool.h>

#define MPRT_LIKELY(CONDITION) __builtin_expect(!!(CONDITION), 1)
#define MPRT_UNLIKELY(CONDITION) __builtin_expect(!!(CONDITION), 0)
#define MPRT_EXPORT __attribute__((visibility("default")))
/* Out of the way of the hot path. */
#define MPRT_COLD __attribute__((cold, noinline))

/* What generated code calls: registry.c, frames.c, hooks.c. */
#pragma GCC visibility push(default)
#define V void
#define P void *
#define S size_t
#define W uint64_t
#define MPRT_HOOK(NAME, RESULT, ...) RESULT __memprofpass_##NAME(__VA_ARGS__);
MEMPROF_ABI_HOOKS(MPRT_HOOK)
#undef MPRT_HOOK
/* What it reads: init.c. */
#define MPRT_FLAG(NAME) extern uint8_t __memprofpass_##NAME;
MEMPROF_ABI_FLAGS(MPRT_FLAG)
#undef MPRT_FLAG
#undef V
#undef P
#undef S
#undef W
#pragma GCC visibility pop

#pragma GCC visibility push(hidden)

/* ---- init.c: asleep or awake ---- */

/* COLD -> STARTING -> ASLEEP or AWAKE; never back. Idempotent; the earliest of
 * our constructor, a module's registration and the first allocator call runs
 * it. */
void mprt_init(void);
/* The settings of this process, constant after init. */
extern struct mprt_config mprt_config;
/* True from the moment the arena stands; never false again in this process,
 * even when disabled. A forked child reads false (the word behind it is wiped
 * on fork) and counts nothing, until it is armed again: fork.c. */
bool mprt_is_awake(void);
/* Only the calls that the pass saw are counted (__memprofpass_direct), though
 * the user did not ask for that: our allocator entry points are not the
 * process's. Constant after init. */
extern bool mprt_is_bypassed;

/* ---- fork.c: a child starts from zero ---- */

/* Watches forks from now on. Called when waking. */
void mprt_fork_init(void);
/* In a child that finds the awake word wiped: its counters are zero from here
 * on, blocks from before are unknown. Any thread. Without memory the child
 * stays asleep. */
void mprt_fork_arm(void);
/* After an event and before a marked call: a child that has counted something
 * has a report from now on. */
void mprt_fork_counted(void);
void mprt_fork_called(void);

/* ---- reset.c ---- */

/* Sets all counters of the image to zero. In a child no thread owns a record
 * any more, and what stands behind the last record is wiped. */
void mprt_image_empty(bool is_child);

/* ---- arena.c: the profile image ---- */

/* Start of the image; NULL while there is none. Constant once set. */
extern unsigned char *mprt_arena_base;

static inline void *mprt_at(memprof_ref ref) {
  return mprt_arena_base + (size_t)ref * MEMPROF_UNIT;
}
static inline memprof_ref mprt_ref(const void *record) {
  return (
      memprof_ref)((size_t)((const unsigned char *)record - mprt_arena_base) /
                   MEMPROF_UNIT);
}
static inline struct memprof_header *mprt_header(void) {
  return (struct memprof_header *)mprt_arena_base;
}

/* Every record starts a cache line, so that threads do not share one. */
#define MPRT_RECORD_ALIGN 64

/* Reserves the address space and writes the header. Returns false (after a
 * message) when there is no memory. */
bool mprt_arena_open(void);
/* This process's facts in a header: pid, parent, start, and no end yet. */
void mprt_header_begin(struct memprof_header *header);
/* How the process ends; 0 for a status that is not known. */
void mprt_header_end(enum memprof_end end, int status);
/* The end: nothing new is recorded from here on, and the file is cut to what is
 * used. What is known already goes on counting. */
void mprt_arena_close(void);
/* Counts what finds no room, in one of the header's counters `dropped_*`; not
 * after the end, where nothing is meant to find any. Any thread; no lock. */
void mprt_drop(uint64_t *counter);
/* A new record: zeroed, head filled in, `size` bytes with its head, rounded up
 * to MEMPROF_UNIT. NULL when the image is full, said once. `fill` (may be NULL)
 * writes the constant fields before the record is published. Any thread; takes
 * a short lock. */
void *mprt_arena_alloc(enum memprof_kind kind, size_t size,
                       void (*fill)(void *record, const void *context),
                       const void *context);
/* A STRING record with this text; 0 when the image is full. */
memprof_ref mprt_string_new(const char *text);

/* The lock of adding records. */
extern _Atomic uint32_t mprt_arena_lock;

/* Zeroed private memory in whole pages, never given back; NULL when there is
 * none. */
void *mprt_pages(size_t size);
/* The same, and zero again in a child, however made. */
void *mprt_pages_of_process(size_t size);

/* Makes room for one more element of an array of `size` bytes each, and keeps
 * what is there. The old pages stay: a reader without a lock may still look at
 * them. */
bool mprt_grow(void **array, size_t count, size_t *capacity, size_t size);

/* Locks of the slow paths; the hot path takes none. The word holds the owner's
 * kernel id. Returns false when this thread holds it already (a signal handler
 * interrupted us): the caller does without. The lock of an owner that is no
 * more (it was another thread of the process that forked us) is taken over. */
bool mprt_lock(_Atomic uint32_t *lock);
void mprt_unlock(_Atomic uint32_t *lock);
enum mprt_trylock { MPRT_TAKEN, MPRT_BUSY, MPRT_OWN };
/* The same without waiting. */
enum mprt_trylock mprt_trylock(_Atomic uint32_t *lock);

/* ---- output.c: the profile file ---- */

/* In a forked child, before it writes anything: puts a private copy of the
 * image in the place of its parent's file, at the same address. Returns false
 * when there is no memory; then the child must not count. Nothing to do, and
 * true, without a file. */
bool mprt_output_detach(void);
/* Makes the file of a child that was detached, from the image as it is then: at
 * the child's first marked event, before that counts. Any thread, any number of
 * times; a second thread waits for the first. When there can be no file it says
 * why, once, and the child counts in memory. Returns false in a signal handler
 * that interrupted it: then the event must not count. */
bool mprt_output_attach(void);

/* ---- limits.c: how much there can be ---- */

/* One more of them. Returns false when there can be no more, said once. */
bool mprt_most_take(enum memprof_most what);
/* How many there are; more than the most when some were refused. */
extern _Atomic uint32_t mprt_most_used[MEMPROF_MOST_COUNT];

/* ---- metadata.c: what is known about the process ---- */

/* The id of the run that this process belongs to: its parent's, or a new one.
 * With the option `output` it goes into the environment. */
uint64_t mprt_run_id(void);
/* Writes the META records. When the allocator's entry points are resolved. */
void mprt_metadata_write(void);
/* A number that no other process comes to, not 0. */
uint64_t mprt_random(void);

/* ---- registry.c, functions.c: modules and their functions ---- */

/* Copies the descriptors of all registered modules into the arena; later
 * modules follow as they register. */
void mprt_registry_wake(void);
/* Sets the live words: of the functions that mprt_config.functions selects, or
 * none. Any thread. */
void mprt_registry_activate(bool active);
bool mprt_registry_is_active(void);
/* The lock of all that is registered. */
extern _Atomic uint32_t mprt_registry_lock;
/* The function with this id, or NULL. Lock-free. */
const struct memprof_function *mprt_registry_function(uint32_t id);

/* ---- end.c ---- */

/* Writes the text report as it is now; `stream` as the option's value. Returns
 * false after a message. Any thread. */
bool mprt_report(const char *stream);

/* ---- api.c ---- */

struct memprof_violation;
/* Hands a broken limit to the program, if it wants to know. */
void mprt_violated(const struct memprof_violation *violation);

/* ---- threads.c, frames.c ---- */

/* Calls visit(context, root) for the root context of each thread's record. */
void mprt_threads_visit(void (*visit)(void *context, memprof_ref root),
                        void *context);

/* Makes the key whose destructor gives a finished thread's record back. From
 * init, before any thread ends. */
void mprt_threads_init(void);
/* This thread's record, or NULL when it has none yet. */
struct memprof_thread *mprt_thread(void);
/* Before a fork by this thread. When the child shares the image, the parent goes
 * on to change this thread's frames there: they are kept aside. */
void mprt_thread_forking(bool is_shared);
void mprt_thread_fork_over(void); /* in the parent */
bool mprt_thread_is_in_call(void);
/* All counters are zero from here on: the calls in progress are as if they had
 * begun in another process. */
void mprt_threads_reset(void);
/* Between these, which nest, this thread counts nothing new; releases of blocks
 * that were counted are seen. */
void mprt_thread_pause(void);
void mprt_thread_resume(void);
/* In a child that begins on a stack of its own. */
void mprt_thread_leave_calls(void);
/* While another process runs on this thread: see vfork(). */
void mprt_thread_hide(void);
void mprt_thread_show(void);
bool mprt_thread_is_hidden(void);
/* In a forked child: the calls in progress on the calling thread are its
 * parent's, the other threads are no more. */
void mprt_threads_forked(bool was_shared);
/* Whether this thread has allocated or released something that counted. */
bool mprt_thread_has_counted(void);
/* For in-place functions that count for nobody: makes the scratch counters
 * large enough for `line_count` lines. Returns false when there is no memory.
 */
bool mprt_frames_reserve_lines(uint32_t line_count);

/* ---- account.c: what an event adds to which counters ---- */

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
/* The same of the program's own allocators. */
void mprt_account_own_allocated(void *block, size_t size, uintptr_t cfa);
void mprt_account_own_freed(void *block, uintptr_t cfa);
/* Whether the thread's latest block was own_allocated and lies here. */
bool mprt_account_is_own(const void *block);
/* An allocation wrapper begins, called from `cfa`; false inside another one.
 * Until its end allocations do not count. Releases do: of blocks that were
 * counted before. */
bool mprt_account_wrapper_begin(uintptr_t cfa);
void mprt_account_wrapper_end(uintptr_t cfa);
/* The program maps and unmaps so many bytes, at once. Returns whether `mapped`
 * was counted: then its release is to count too. */
bool mprt_account_mapping(uint64_t mapped, uint64_t unmapped, uintptr_t cfa);

/* ---- mappings.c: the option `track` ---- */

/* Says so if the program's calls do not come to us. While testing. */
void mprt_mappings_test(void);
/* In a forked child: what its parent mapped is not the child's. */
void mprt_mappings_forked(void);

/* ---- budget.c: limits ---- */

/* memprof_limit_set: a limit for the functions that a name or a glob stands for,
 * NULL or "": for all, and for the process. It beats all others, the last one of
 * several, and holds for calls that end from now on; functions of modules to
 * come included. Returns false with a message in `error` for a bad limit; asleep
 * it does nothing. Thread-safe. */
bool mprt_limit_set(const char *section, const char *text, char *error,
                    size_t capacity);

/* ---- timeline.c ---- */

/* Makes the ring of spans, if there is to be one. Called when waking. */
void mprt_timeline_init(void);

/* ---- blocks.c: block address -> (line record, requested bytes); see blocks.h ---- */

/* What __memprofpass_gate becomes when we wake; NULL before. Wiped on fork. */
extern struct mprt_gate *mprt_own_gate;
/* Makes it, and the map. False without memory. */
bool mprt_blocks_init(void);
/* In a forked child, where the map is empty. */
void mprt_blocks_forked(void);
/* Forgets all blocks. While no other thread enters one. */
void mprt_blocks_forget(void);

#pragma GCC visibility pop
#endif
