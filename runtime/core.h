/* core.h - the accounting core's own: a thread's state, and what is inlined
 * into the hooks.
 *
 * The hot path of a hook is straight code without calls: whatever is rare goes
 * to a cold function that does the whole job, as a tail call, so that nothing
 * need be saved. It takes the arena's base once: after each store the compiler
 * would load it again.
 */
#ifndef MPRT_CORE_H
#define MPRT_CORE_H

#include "runtime.h"
#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#endif
#if defined(__x86_64__) || defined(__i386__)
#include <x86intrin.h>
#else
#include <time.h>
#endif

#pragma GCC visibility push(hidden)

static inline void *mprt_in(unsigned char *arena, memprof_ref ref) {
  return arena + (size_t)ref * MEMPROF_UNIT;
}

/* The caller's stack pointer. Off x86 clang tells only where this function's own
 * frame lies, below it: then an address in the caller's frame, so that no event
 * of the caller looks as if it came from further up. */
#if defined(__clang__) && !defined(__x86_64__) && !defined(__i386__)
#define MPRT_CALLERS_STACK() ((uintptr_t)__builtin_frame_address(1))
#else
#define MPRT_CALLERS_STACK() ((uintptr_t)__builtin_dwarf_cfa())
#endif

/* ---- threads.c: the state of a stack ---- */

/* What a machine stack needs besides its record in the image: a thread's own
 * stack has one, and so has every other stack on which marked functions run (a
 * fibre's, a signal handler's). Private memory, written by the thread that runs
 * on the stack alone; given on with the record. */
struct mprt_state {
  /* the first two are struct mprt_place, entry.h */
  struct memprof_frame *top;  /* the innermost call; == base outside all marked
                                 functions */
  struct memprof_frame *base; /* outside all marked functions; its cfa is the
                                 end of the stack */
  struct memprof_thread *record;
  memprof_ref owner;           /* that: what a line of this stack says */
  struct memprof_frame *fresh; /* frames from here on have had no event: a block
                                  lies above all blocks below it */
  uintptr_t low; /* stack addresses from here up to base->cfa are on this stack;
                    the highest address while nothing must take the short way */
  struct mprt_transition *transitions; /* contexts.c: [mask + 1] */
  uint32_t transitions_mask;           /* entries - 1 */
  uint32_t transitions_used;
  bool transitions_forgot; /* some steps are no longer in the table */
  bool is_fibre;           /* no thread's own stack: any may run on it */
  bool has_folded;         /* contexts were too many: one may be open twice */
  struct memprof_frames *chunk; /* the block that held the top frame when it was
                                   last asked for */
  /* account.c: the block that the stack allocated last under a marked function:
   * released before the next one, it was temporary */
  const void *latest;
  /* account.c: the stack pointer of the outermost allocation wrapper that runs,
   * 0 for none: what is allocated inside, that is at or below it, is the
   * wrapper's own affair */
  uintptr_t wrapper;
  struct memprof_frame *saved; /* while this thread forks: copies of its frames,
                                  innermost first, if the child needs them */
  size_t saved_count, saved_capacity;
  memprof_ref saved_top;       /* the innermost frame then; else 0 */
  bool has_left_calls;         /* in a child: it began on another stack */
  struct memprof_line outside; /* stands for the line of calls from outside all
                                  marked functions, which has no events */
  struct mprt_scope *scopes;   /* scopes.c: those that have begun */
  size_t scope_count, scope_capacity;
  struct mprt_state *next_free;
  struct mprt_state *next_made; /* the state made before this one */
};

/* The state of the stack on which this thread had its last event; NULL before
 * its first marked call and past its end. Whoever uses it compares its address
 * with the bounds first: the thread may have moved to another stack since. */
#pragma GCC visibility push(default)
extern _Thread_local struct mprt_state *mprt_self __asm__("__memprofpass_place")
    __attribute__((tls_model("initial-exec")));
#pragma GCC visibility pop

/* The state of the thread's own stack, made if need be, and made the current
 * one; NULL when memory ran out or the thread is past its end. */
struct mprt_state *mprt_attach(void);
/* The state of the thread's own stack, NULL before it is made; and whether the
 * address lies on that stack. */
struct mprt_state *mprt_own(void);
bool mprt_own_holds(uintptr_t address);
/* Another stack lies within the thread's own one: up to its end an address alone
 * does not tell which of them it is on. And whether there was ever one. */
void mprt_own_contains(uintptr_t end);
bool mprt_own_is_divided(void);
/* Narrows the bounds around an address that is not on the own stack to what is
 * not either. */
void mprt_own_exclude(uintptr_t address, uintptr_t *low, uintptr_t *high);
/* False from the thread's end on, and while its own state is being made. */
bool mprt_may_enter(void);

/* A state for a stack with these bounds, NULL when memory ran out; and what it
 * held is given back, its calls finished. */
struct mprt_state *mprt_state_take(uintptr_t low, uintptr_t high,
                                   bool is_fibre);
void mprt_state_bound(struct mprt_state *self, uintptr_t low, uintptr_t high);
void mprt_state_release(struct mprt_state *self);

/* The mapping that holds an address, as the kernel lists it. */
struct mprt_mapping {
  uintptr_t low, high;
  bool has_guard; /* right below lies what nobody can access */
};
bool mprt_mapping_find(uintptr_t address, struct mprt_mapping *mapping);

/* A block of frames above `below` (may be NULL). */
struct memprof_frames *mprt_frames_new(struct memprof_thread *thread,
                                       struct memprof_frames *below,
                                       uint32_t count);

/* ---- stacks.c: which stack a thread runs on ---- */

/* What looks for the state of a stack: a call makes it, an event that cannot
 * find out is counted as dropped. */
enum mprt_seeker { MPRT_CALL, MPRT_EVENT, MPRT_EXIT };

/* The state of the stack that holds the address, made the current one; NULL
 * when there is none. */
struct mprt_state *mprt_stack_at(uintptr_t address, enum mprt_seeker seeker);
/* Whether the address lies on a stack that sigaltstack() has set. */
bool mprt_stack_is_handlers(uintptr_t address);
/* Forgets the stacks that were between these addresses: the memory is a
 * thread's stack now, or was one. */
void mprt_stacks_forget(uintptr_t low, uintptr_t high);

/* Changes with the set of stacks besides the threads' own; 0: there was never
 * one. */
extern _Atomic uint32_t mprt_stacks_epoch;

/* A frame on top that is filled in. The state's first: the calls of a handler
 * that comes in between end with this frame on top in both. */
static inline void mprt_top_set(struct mprt_state *self,
                                struct memprof_frame *frame) {
  self->top = frame;
  atomic_signal_fence(memory_order_seq_cst);
  self->fresh = frame + 1;
  self->record->top = mprt_ref(frame);
}

/* Whether the short way will do: the address is on the stack of `self`, and no
 * call that is over stands in between. */
static inline bool mprt_is_below(const struct mprt_state *self,
                                 const struct memprof_frame *top,
                                 uintptr_t address) {
  return top->cfa >= address && address >= self->low;
}

/* ---- frames.c: the shadow stack ---- */

/* Moves on when what nodes say of calls without events may be wrong: a function
 * got a limit, or its stamps are of the clock from now on. */
extern _Atomic uint64_t mprt_epoch;
static inline void mprt_epoch_next(void) {
  atomic_fetch_add_explicit(&mprt_epoch, 1, memory_order_seq_cst);
}

/* Fills in the fresh frames: before the first event of their calls, and before
 * whatever else needs all of a frame. */
void mprt_frames_fill(struct mprt_state *self);

/* Finishes all calls of a stack that ends. */
void mprt_frames_finish(struct mprt_state *self);
/* Before a fork: keeps what the child needs of the calls in progress. */
void mprt_frames_save(struct mprt_state *self, bool is_shared);
/* In a forked child: the thread's calls in progress are the parent's. */
void mprt_frames_inherit(struct mprt_state *self);
/* In a forked child: a thread that is no more has no calls. */
void mprt_frames_forget(struct mprt_state *self);
/* In a forked child, whose image has what the parent did meanwhile: no frame
 * above the top is in use. */
void mprt_frames_clear(struct mprt_state *self);

/* Finishes the calls that were abandoned: those whose cfa is below `cfa`, an
 * address on the same stack (or equal, when `is_call`: a caller's stack pointer
 * is above its callee's). Returns the innermost frame left. */
struct memprof_frame *mprt_frames_drop(struct mprt_state *self, uintptr_t cfa,
                                       bool is_call);

/* A call of `context` that no code of the caller's ends by itself: as long as
 * the call around it. NULL when there is no memory. */
struct memprof_frame *mprt_frames_push(struct mprt_state *self,
                                       memprof_ref context);
/* Finishes an open call, after those above it. */
void mprt_frames_pop(struct mprt_state *self, struct memprof_frame *frame);
void mprt_frames_pop_above(struct mprt_state *self,
                           const struct memprof_frame *frame);

/* A visit begins. A signal handler's events see either the visit before, which
 * is over, or all of this one. */
static inline void mprt_frame_arrive(struct memprof_frame *frame, uint32_t line,
                                     uint64_t hits, int64_t live) {
  frame->charge = 0;
  frame->base = live;
  frame->seen_line = line;
  atomic_signal_fence(memory_order_seq_cst);
  frame->seen_hits = hits;
}

/* A visit, as memprof_format.h defines it: looks at the frame's before an event
 * and returns its line. An index past the table can only come from a call that
 * was abandoned and went on nevertheless (a fibre); it must not reach memory of
 * others, so a new visit checks it. */
static inline uint32_t mprt_frame_visit(unsigned char *arena,
                                        struct memprof_frame *frame,
                                        int64_t live) {
  uint32_t line = *(const volatile uint32_t *)&frame->line;
  uint64_t hits = ((const volatile uint64_t *)frame->hits)[line];
  if (frame->seen_line != line || frame->seen_hits != hits) {
    const struct memprof_node *node = mprt_in(arena, frame->node);
    if (MPRT_UNLIKELY(line >= node->line_count))
      line = 0;
    mprt_frame_arrive(frame, line, hits, live);
  }
  return line;
}

/* The same on a line that is one of the context's. */
static inline void mprt_frame_look(struct memprof_frame *frame, uint32_t line,
                                   int64_t live) {
  uint64_t hits = ((const volatile uint64_t *)frame->hits)[line];
  if (frame->seen_line != line || frame->seen_hits != hits)
    mprt_frame_arrive(frame, line, hits, live);
}

/* ---- contexts.c: calling contexts ---- */

/* Where the step leads, if it is remembered; else 0. */
memprof_ref mprt_context_known(const struct mprt_state *self, memprof_ref from,
                               uint32_t line, uint32_t function);
/* Makes the context, or finds an equal one; the function's root context when
 * there are too many; 0 when there is no memory at all. */
memprof_ref mprt_context_find(struct mprt_state *self, memprof_ref from,
                              uint32_t line, uint32_t function);
/* A new context. 0 when there is no memory. */
memprof_ref mprt_context_new(struct mprt_state *self, memprof_ref parent,
                             uint32_t parent_line, uint32_t function);

/* ---- lines.c, calls.c ---- */

/* The line's record, made now. Without room it is that of the thread's root
 * context: what is counted there stays balanced. */
struct memprof_line *mprt_line_first(struct memprof_node *node, uint32_t line);
/* The line of the outside in a root context; NULL when there is no room. */
struct memprof_line *mprt_line_of_root(struct memprof_node *root);

/* What the line maps; NULL when there is no room. */
struct memprof_mapping *mprt_mapping_at(struct memprof_node *node,
                                        uint32_t line);

static inline struct memprof_line *
mprt_line_at(unsigned char *arena, const struct memprof_frame *frame,
             uint32_t line) {
  struct memprof_node *node = mprt_in(arena, frame->node);
  memprof_ref found = memprof_node_lines(node)[line];
  return MPRT_LIKELY(found) ? mprt_in(arena, found)
                            : mprt_line_first(node, line);
}

/* What each event leaves on its line. above: the largest live, over that of the
 * visit's beginning. */
static inline void mprt_line_mark(struct memprof_line *line, int64_t above,
                                  int64_t live, uint64_t stamp) {
  if (above > (int64_t)line->peak)
    line->peak = (uint64_t)above;
  line->mem_usage = live;
  line->stamp = stamp;
}

/* The end of a call: its metrics. */
void mprt_call_count(struct memprof_thread *thread,
                     const struct memprof_frame *frame);
/* And an event of its caller's line. */
void mprt_call_finish(struct mprt_state *self, struct memprof_frame *frame);

/* ---- scopes.c ---- */

/* Ends all scopes of a stack that ends. */
void mprt_scopes_finish(struct mprt_state *self);
/* In a forked child: they are its parent's; or are no more. */
void mprt_scopes_inherit(struct mprt_state *self);
void mprt_scopes_forget(struct mprt_state *self);
/* The context of the test that runs on this stack; 0: none. `self` may be NULL.
 */
memprof_ref mprt_test_now(const struct mprt_state *self);

/* ---- timeline.c ---- */

/* The call's beginning, noted in its frame. */
void mprt_timeline_begin(struct memprof_frame *frame);
/* The end of a timed call. */
void mprt_timeline_end(const struct memprof_thread *thread,
                       const struct memprof_frame *frame);

/* ---- account.c ---- */

/* Whether no other thread exists: then the process's counters need no atomic
 * read-modify-write, and ordinals do for stamps. */
static inline bool mprt_is_single_threaded(void) {
#if __has_include(<sys/single_threaded.h>)
  return __libc_single_threaded;
#else
  return false;
#endif
}

/* ---- stamps.c: the order of events ----
 *
 * A reader asks which of a function's threads had the latest event on a line, or
 * the latest entry. While one record alone knows a function, the ordinals of
 * that record's events tell; and while the function has only ever seen live ==
 * 0, nobody can tell a difference. Else its stamps are of the clock, which are
 * larger than all ordinals. What changes no number (an entry, the end of a
 * call) takes the ordinal of the event before: the same live goes with it. */
enum {
  MPRT_MANY = 1,     /* more than one record has contexts of the function */
  MPRT_RESTLESS = 2, /* it has had an event, or live was not 0; or nobody looks
                        any more whether it was (node_shorten) */
  MPRT_CLOCKED = MPRT_MANY | MPRT_RESTLESS
};

/* By function id; functions may share one. Bits are added, never taken back. */
#define MPRT_ORDERS (1u << 16)
extern _Atomic uint8_t mprt_orders[MPRT_ORDERS];
/* Whether one of them is MPRT_CLOCKED. */
extern _Atomic bool mprt_has_clocked;

static inline unsigned mprt_order_of(uint32_t function) {
  return atomic_load_explicit(&mprt_orders[function % MPRT_ORDERS],
                              memory_order_relaxed);
}
/* Returns what it is then. The bits come first: whoever still sees the old epoch
 * has an event that is not ordered with those that the bits are for. */
static inline unsigned mprt_order_add(uint32_t function, unsigned bit) {
  _Atomic uint8_t *order = &mprt_orders[function % MPRT_ORDERS];
  unsigned before = atomic_fetch_or(order, (uint8_t)bit);
  if (before != MPRT_CLOCKED && (before | bit) == MPRT_CLOCKED) {
    atomic_store(&mprt_has_clocked, true);
    mprt_epoch_next();
  }
  return before | bit;
}
/* The record has a context of the function from now on. */
void mprt_order_join(uint32_t function, memprof_ref record);
/* A new function has the name of others, `first` the first of them. Under the
 * registry's lock, before anybody knows the function. */
void mprt_order_name(uint32_t function, uint32_t first);

/* A stamp that is larger than any ordinal, and larger later than earlier. */
static inline uint64_t mprt_clock(void) {
#if defined(__x86_64__) || defined(__i386__)
  uint64_t now = __rdtsc();
#else
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  uint64_t now = (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
#endif
  return UINT64_C(1) << 62 | now;
}

/* Of what leaves live as it is, on a line of the function's. With the line's
 * record it became restless. */
static inline uint64_t mprt_stamp_last(const struct memprof_thread *thread,
                                       uint32_t function) {
  if (MPRT_LIKELY(
          !atomic_load_explicit(&mprt_has_clocked, memory_order_relaxed)))
    return thread->events;
  return mprt_order_of(function) == MPRT_CLOCKED ? mprt_clock()
                                                 : thread->events;
}

/* Of what leaves live as it is, wherever. */
static inline uint64_t mprt_stamp_still(const struct memprof_thread *thread,
                                        uint32_t function) {
  if (thread->live != 0 &&
      MPRT_UNLIKELY(!(mprt_order_of(function) & MPRT_RESTLESS)))
    mprt_order_add(function, MPRT_RESTLESS);
  return mprt_stamp_last(thread, function);
}

/* Of the next event on a line: an allocation or a release. */
static inline uint64_t mprt_stamp_of(struct memprof_thread *thread,
                                     uint32_t function) {
  thread->events++;
  return mprt_stamp_last(thread, function);
}

/* ---- The end of a call that had events ---- */

/* What a call has come to. */
static inline void
mprt_call_measure(const struct memprof_thread *thread,
                  const struct memprof_frame *frame,
                  uint64_t values[MEMPROF_CALL_METRIC_COUNT]) {
  uint64_t bytes = thread->bytes - frame->bytes;
  uint64_t freed = thread->freed - frame->freed;
  values[MEMPROF_CALL_allocs] = thread->allocs - frame->allocs;
  values[MEMPROF_CALL_frees] = thread->frees - frame->frees;
  values[MEMPROF_CALL_bytes] = bytes;
  values[MEMPROF_CALL_peak] =
      (uint64_t)(frame->call_high - frame->live_at_enter);
  values[MEMPROF_CALL_kept] = bytes > freed ? bytes - freed : 0;
}

static inline void mprt_stat_add(struct memprof_stat *stat, uint64_t value) {
  if (value < stat->min)
    stat->min = value;
  if (value > stat->max)
    stat->max = value;
  stat->sum += value;
}

/* One more finished call, not the first. */
static inline void
mprt_call_add(struct memprof_node *node,
              const uint64_t values[MEMPROF_CALL_METRIC_COUNT]) {
#define ADD(METRIC, TYPE)                                                      \
  mprt_stat_add(&node->per_call[MEMPROF_CALL_##METRIC],                        \
                values[MEMPROF_CALL_##METRIC]);
  MEMPROF_CALL_METRICS(ADD)
#undef ADD
}

/* The end of a call as an event of its caller's line. When the frames were
 * filled in the caller's visit was looked at; since then only callees ran. */
static inline void mprt_call_return(const struct memprof_thread *thread,
                                    const struct memprof_frame *frame,
                                    struct memprof_frame *caller,
                                    struct memprof_line *line) {
  if (frame->call_high > caller->call_high)
    caller->call_high = frame->call_high;
  caller->seen_hits =
      ((const volatile uint64_t *)caller->hits)[caller->seen_line];
  mprt_line_mark(line, frame->call_high - caller->base, thread->live,
                 mprt_stamp_last(thread, line->function));
}

#pragma GCC visibility pop
#endif
