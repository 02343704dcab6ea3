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
#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#endif

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
#undef V
#undef P
#undef S
#undef W
#pragma GCC visibility pop

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

/* Every record starts a cache line, so that threads do not share one. */
#define MPRT_RECORD_ALIGN 64

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

/* Zeroed private memory in whole pages, never given back; NULL when there is
 * none. */
void *mprt_pages(size_t size);

/* Locks of the slow paths; the hot path takes none. The word holds the owner's
 * kernel id. Returns false when this thread holds it already (a signal handler
 * interrupted us): the caller does without. The lock of an owner that is no
 * more (it was another thread of the process that forked us) is taken over. */
bool mprt_lock(_Atomic uint32_t *lock);
void mprt_unlock(_Atomic uint32_t *lock);

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

/* ---- threads.c: a thread's record and state
 * -------------------------------------------------------------------------- */

/* What a thread needs besides its record in the image. Private memory, written
 * by the owning thread alone; given on with the record. */
struct mprt_state {
  struct memprof_thread *record;
  struct memprof_frame *base;   /* outside all marked functions */
  struct memprof_frame *next;   /* the slot of the next call: ahead of the top
                                   while `enter` fills it, so that a signal
                                   handler's calls take the slot above */
  struct memprof_frame *limit;  /* end of the block that `next` lies in */
  struct memprof_frames *chunk; /* that block */
  struct mprt_transition *transitions; /* contexts.c: [mask + 1] */
  uint32_t transitions_mask;           /* entries - 1 */
  uint32_t transitions_used;
  bool transitions_forgot;         /* some steps are no longer in the table */
  bool stack_known;                /* stack_low and stack_high were looked up */
  uintptr_t stack_low, stack_high; /* of the thread's own stack; both 0 when
                                      nobody can tell */
  struct mprt_state *next_free;
};

/* This thread's state; NULL before its first marked call and past its end. */
extern _Thread_local struct mprt_state *mprt_self
    __attribute__((tls_model("initial-exec")));

/* The state, made if need be; NULL when memory ran out or the thread is past
 * its end. */
struct mprt_state *mprt_attach(void);
/* This thread's record, or NULL when it has none yet. */
static inline struct memprof_thread *mprt_thread(void) {
  return mprt_self ? mprt_self->record : NULL;
}
/* Makes the key whose destructor gives a finished thread's record back. From
 * init, before any thread ends. */
void mprt_threads_init(void);

/* Whether the address lies on the thread's own stack. False when in doubt. */
bool mprt_stack_holds(struct mprt_state *self, uintptr_t address);
/* A block of frames above `below` (may be NULL). */
struct memprof_frames *mprt_frames_new(struct memprof_thread *thread,
                                       struct memprof_frames *below,
                                       uint32_t count);

/* ---- frames.c: the shadow stack; enter, exit, landed
 * ------------------------------------------ */

/* Finishes all calls of a thread that ends. */
void mprt_frames_finish(struct mprt_state *self);

/* Finishes the calls that a longjmp abandoned: frames of the stack on which
 * `cfa` lies whose own cfa is below it (or equal, when `is_call`: a caller's
 * stack pointer is above its callee's). Returns the innermost frame left. */
struct memprof_frame *mprt_frames_drop(struct mprt_state *self, uintptr_t cfa,
                                       bool is_call);

/* The thread's innermost frame that is still on the machine stack. */
static inline struct memprof_frame *mprt_frames_current(struct mprt_state *self,
                                                        uintptr_t cfa) {
  struct memprof_frame *top = mprt_at(self->record->top);
  if (MPRT_UNLIKELY(top->cfa < cfa))
    return mprt_frames_drop(self, cfa, false);
  return top;
}

/* For in-place functions that count for nobody: makes the scratch counters
 * large enough for `line_count` lines. Returns false when there is no memory.
 */
bool mprt_frames_reserve_lines(uint32_t line_count);

/* ---- contexts.c: calling contexts
 * -------------------------------------------------------------------------- */

/* One step of the calling-context tree, remembered: a call of `function` from
 * `line` of context `from` leads to context `to`. */
struct mprt_transition {
  memprof_ref from; /* 0: an empty entry */
  uint32_t line;
  uint32_t function;
  memprof_ref to;
};

static inline uint32_t mprt_transition_hash(memprof_ref from, uint32_t line,
                                            uint32_t function) {
  return ((from ^ function * 0x9e3779b1u) + line * 0x85ebca6bu) * 0xc2b2ae35u >>
         8;
}

/* Makes the context, or finds an equal one; the function's root context when
 * there are too many; 0 when there is no memory at all. */
memprof_ref mprt_context_find(struct mprt_state *self, memprof_ref from,
                              uint32_t line, uint32_t function);
/* A new context. 0 when there is no memory. */
memprof_ref mprt_context_new(struct mprt_state *self, memprof_ref parent,
                             uint32_t parent_line, uint32_t function);

static inline memprof_ref mprt_context(struct mprt_state *self,
                                       memprof_ref from, uint32_t line,
                                       uint32_t function) {
  const struct mprt_transition *t =
      &self->transitions[mprt_transition_hash(from, line, function) &
                         self->transitions_mask];
  if (MPRT_LIKELY(t->from == from && t->line == line &&
                  t->function == function))
    return t->to;
  return mprt_context_find(self, from, line, function);
}

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

/* The line of the outside in a root context; NULL when there is no room. */
struct memprof_line *mprt_account_root_line(struct memprof_node *root);

/* Whether no other thread exists: counters of the process need no atomic
 * read-modify-write. */
#if __has_include(<sys/single_threaded.h>)
#define mprt_is_single_threaded() (__libc_single_threaded)
#else
#define mprt_is_single_threaded() (0)
#endif

/* True from the first event that saw several threads. */
extern bool mprt_was_threaded;
/* A stamp that is larger than any ordinal, and larger later than earlier. */
uint64_t mprt_account_clock(void);

/* The next event's stamp: an ordinal while the process has one thread. */
static inline uint64_t mprt_account_stamp(struct memprof_thread *thread) {
  uint64_t ordinal = ++thread->events;
  if (MPRT_LIKELY(mprt_is_single_threaded() && !mprt_was_threaded))
    return ordinal;
  return mprt_account_clock();
}

/* The line that the frame stands on. An index past the table can only come
 * from a call that was abandoned and went on nevertheless (a fibre); it must
 * not reach memory of others. */
static inline uint32_t mprt_frame_line(const struct memprof_frame *frame) {
  const struct memprof_node *node = mprt_at(frame->node);
  uint32_t line = *(const volatile uint32_t *)&frame->line;
  return MPRT_LIKELY(line < node->line_count) ? line : 0;
}

/* Looks at the frame's visit before an event: a new one begins at `live`. */
static inline void mprt_frame_visit(struct memprof_frame *frame, uint32_t line,
                                    int64_t live) {
  uint64_t hits = ((const volatile uint64_t *)frame->hits)[line];
  if (frame->seen_line == line && frame->seen_hits == hits)
    return;
  frame->seen_line = line;
  frame->seen_hits = hits;
  frame->base = frame->high = live;
}

/* ---- blocks.c: block address -> (line record, requested bytes)
 * ------------------------------------------------ */

/* A block: 28 bits of memprof_ref to its LINE record, 36 bits of size; 0 = no
 * block. Without a line it is the place of a block in the side table. */
typedef uint64_t mprt_block;

bool mprt_blocks_init(void);
/* Enters a block; returns what stood at the address before (0 as it should be).
 */
mprt_block mprt_blocks_put(const void *address, memprof_ref line, size_t size);
/* Takes a block out and returns it, 0 when it is not ours. Lock-free, and cheap
 * when it is not. */
mprt_block mprt_blocks_take(const void *address);
#define MPRT_BLOCK_SIZE_BITS 36
struct mprt_side_block {
  uintptr_t address; /* 0: free */
  uint64_t size;
  memprof_ref line;
};
const struct mprt_side_block *mprt_blocks_side(mprt_block block);

static inline memprof_ref mprt_block_line(mprt_block block) {
  memprof_ref line = (memprof_ref)(block >> MPRT_BLOCK_SIZE_BITS);
  return MPRT_LIKELY(line) ? line : mprt_blocks_side(block)->line;
}
static inline uint64_t mprt_block_size(mprt_block block) {
  if (MPRT_UNLIKELY(!(block >> MPRT_BLOCK_SIZE_BITS)))
    return mprt_blocks_side(block)->size;
  return block & ((UINT64_C(1) << MPRT_BLOCK_SIZE_BITS) - 1);
}

#pragma GCC visibility pop
#endif
