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

/* ---- threads.c: a thread's state ---- */

/* What a thread needs besides its record in the image. Private memory, written
 * by the owning thread alone; given on with the record. */
struct mprt_state {
  struct memprof_thread *record;
  struct memprof_frame *next;  /* the slot of the next call: ahead of the top
                                  while `enter` fills it, so that a signal
                                  handler's calls take the slot above */
  struct memprof_frame *first; /* the frame whose end takes the slow way: slot 0
                                  of the block that `next` lies in (NULL in the
                                  lowest); above it, the innermost frame with a
                                  start */
  struct memprof_frame *limit; /* end of that block */
  struct mprt_transition *transitions; /* contexts.c: [mask + 1] */
  uint32_t transitions_mask;           /* entries - 1 */
  uint32_t transitions_used;
  bool transitions_forgot;         /* some steps are no longer in the table */
  bool stack_known;                /* stack_low and stack_high were looked up */
  struct memprof_frame *base;      /* outside all marked functions */
  struct memprof_frames *chunk;    /* that block */
  uintptr_t stack_low, stack_high; /* of the thread's own stack; both 0 when
                                      nobody can tell */
  /* account.c: the block that the thread allocated last under a marked
   * function: released before the next one, it was temporary */
  const void *latest;
  struct memprof_frame *inherited; /* the innermost call in progress that is the
                                      parent's, in a forked child */
  struct memprof_frame *saved; /* while this thread forks: copies of its frames,
                                  innermost first, if the child needs them */
  size_t saved_count, saved_capacity;
  memprof_ref saved_top; /* the innermost frame then; else 0 */
  bool has_left_calls;   /* in a child: it began on another stack */
  struct mprt_state *next_free;
  struct mprt_state *next_made; /* the state made before this one */
};

/* This thread's state; NULL before its first marked call and past its end. */
extern _Thread_local struct mprt_state *mprt_self
    __attribute__((tls_model("initial-exec")));

/* The state, made if need be; NULL when memory ran out or the thread is past
 * its end. */
struct mprt_state *mprt_attach(void);
/* Whether the address lies on the thread's own stack. False when in doubt. */
bool mprt_stack_holds(struct mprt_state *self, uintptr_t address);
/* A block of frames above `below` (may be NULL). */
struct memprof_frames *mprt_frames_new(struct memprof_thread *thread,
                                       struct memprof_frames *below,
                                       uint32_t count);

/* ---- frames.c: the shadow stack ---- */

/* Finishes all calls of a thread that ends. */
void mprt_frames_finish(struct mprt_state *self);
/* Before a fork: keeps what the child needs of the calls in progress. */
void mprt_frames_save(struct mprt_state *self, bool is_shared);
/* In a forked child: the thread's calls in progress are the parent's. */
void mprt_frames_inherit(struct mprt_state *self);
/* In a forked child: a thread that is no more has no calls. */
void mprt_frames_forget(struct mprt_state *self);

/* Finishes the calls that a longjmp abandoned: frames of the stack on which
 * `cfa` lies whose own cfa is below it (or equal, when `is_call`: a caller's
 * stack pointer is above its callee's). Returns the innermost frame left. */
struct memprof_frame *mprt_frames_drop(struct mprt_state *self, uintptr_t cfa,
                                       bool is_call);

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
    frame->seen_line = line;
    frame->seen_hits = hits;
    frame->base = frame->high = live;
  }
  return line;
}

/* ---- contexts.c: calling contexts ---- */

/* One step of the calling-context tree, remembered: a call of `function` from
 * `line` of context `from` leads to context `to`. */
struct mprt_transition {
  memprof_ref from; /* 0: an empty entry */
  uint32_t line;
  uint32_t function;
  memprof_ref to;
};

/* Where the step stands if nothing stood in its way. */
static inline struct mprt_transition *
mprt_transition_home(const struct mprt_state *self, memprof_ref from,
                     uint32_t line, uint32_t function) {
  uint64_t key = (uint64_t)from << 32 | line;
  key = (key ^ (uint64_t)function << 20) * UINT64_C(0x9e3779b97f4a7c15);
  return &self->transitions[(uint32_t)(key >> 32) & self->transitions_mask];
}

static inline bool mprt_transition_is(const struct mprt_transition *step,
                                      memprof_ref from, uint32_t line,
                                      uint32_t function) {
  return step->from == from && step->line == line && step->function == function;
}

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

static inline struct memprof_line *
mprt_line_at(unsigned char *arena, const struct memprof_frame *frame,
             uint32_t line) {
  struct memprof_node *node = mprt_in(arena, frame->node);
  memprof_ref found = memprof_node_lines(node)[line];
  return MPRT_LIKELY(found) ? mprt_in(arena, found)
                            : mprt_line_first(node, line);
}

/* What each event leaves on its line. */
static inline void mprt_line_mark(struct memprof_line *line, uint64_t peak,
                                  int64_t live, uint64_t stamp) {
  if (peak > line->peak)
    line->peak = peak;
  line->mem_usage = live;
  line->stamp = stamp;
}

/* The end of a call: its metrics, and an event of its caller's line. */
void mprt_call_finish(struct mprt_state *self, struct memprof_frame *frame);

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

/* True from the first stamp that is not an ordinal. */
extern bool mprt_was_threaded;

/* A stamp that is larger than any ordinal, and larger later than earlier. */
static inline uint64_t mprt_clock(void) {
#if defined(__x86_64__) || defined(__i386__)
  uint64_t now = __rdtsc();
#else
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  uint64_t now = (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
#endif
  if (MPRT_UNLIKELY(!__atomic_load_n(&mprt_was_threaded, __ATOMIC_RELAXED)))
    __atomic_store_n(&mprt_was_threaded, true, __ATOMIC_RELAXED);
  return UINT64_C(1) << 62 | now;
}

/* The next event's stamp: an ordinal while the process has one thread. */
static inline uint64_t mprt_stamp(struct memprof_thread *thread) {
  uint64_t ordinal = ++thread->events;
  if (MPRT_LIKELY(mprt_is_single_threaded() &&
                  !__atomic_load_n(&mprt_was_threaded, __ATOMIC_RELAXED)))
    return ordinal;
  return mprt_clock();
}

#pragma GCC visibility pop
#endif
