/* account.c - what an event adds to which counters. The rules stand in
 * memprof_format.h. */
#include "runtime.h"
#include <time.h>
#if defined(__x86_64__) || defined(__i386__)
#include <x86intrin.h>
#endif

/* ---- Stamps and counters of the process ---- */

bool mprt_was_threaded;

MPRT_COLD uint64_t mprt_account_clock(void) {
  const uint64_t above_ordinals = UINT64_C(1) << 62;
  if (!__atomic_load_n(&mprt_was_threaded, __ATOMIC_RELAXED))
    __atomic_store_n(&mprt_was_threaded, true, __ATOMIC_RELAXED);
#if defined(__x86_64__) || defined(__i386__)
  return above_ordinals | __rdtsc();
#else
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return above_ordinals |
         ((uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec);
#endif
}

static void raise_peak(uint64_t *peak, int64_t live) {
  uint64_t seen = __atomic_load_n(peak, __ATOMIC_RELAXED);
  while (live > (int64_t)seen &&
         !__atomic_compare_exchange_n(peak, &seen, (uint64_t)live, true,
                                      __ATOMIC_RELAXED, __ATOMIC_RELAXED))
    ;
}

static inline void process_add(int64_t change) {
  struct memprof_header *header = mprt_header();
  int64_t live;
  if (MPRT_LIKELY(mprt_is_single_threaded())) {
    live = (int64_t)__atomic_load_n(&header->live, __ATOMIC_RELAXED) + change;
    __atomic_store_n(&header->live, (uint64_t)live, __ATOMIC_RELAXED);
  } else {
    live = (int64_t)__atomic_add_fetch(&header->live, (uint64_t)change,
                                       __ATOMIC_RELAXED);
  }
  if (change > 0 &&
      live > (int64_t)__atomic_load_n(&header->peak, __ATOMIC_RELAXED))
    raise_peak(&header->peak, live);
}

/* ---- Lines ---- */

static void fill_line(void *record, const void *context) {
  struct memprof_line *line = record;
  const struct memprof_frame *at = context;
  line->node = at->node;
  line->line = at->seen_line;
  line->thread = ((const struct memprof_node *)mprt_at(at->node))->thread;
}

static struct memprof_line *line_new(struct memprof_node *node, uint32_t line) {
  struct memprof_frame at = {.node = mprt_ref(node), .seen_line = line};
  struct memprof_line *made =
      mprt_arena_alloc(MEMPROF_KIND_LINE, sizeof *made, fill_line, &at);
  if (made)
    memprof_node_lines(node)[line] = mprt_ref(made);
  return made;
}

struct memprof_line *mprt_account_root_line(struct memprof_node *root) {
  memprof_ref line = memprof_node_lines(root)[0];
  return line ? mprt_at(line) : line_new(root, 0);
}

/* Without room for a line, the root's line takes the event: what is counted
 * there stays balanced. */
MPRT_COLD static struct memprof_line *line_first(struct memprof_node *node,
                                                 uint32_t line) {
  struct memprof_line *made = line_new(node, line);
  if (made)
    return made;
  __atomic_fetch_add(&mprt_header()->dropped_lines, 1, __ATOMIC_RELAXED);
  const struct memprof_thread *thread = mprt_at(node->thread);
  return mprt_account_root_line(mprt_at(thread->root));
}

static inline struct memprof_line *line_at(const struct memprof_frame *frame,
                                           uint32_t line) {
  struct memprof_node *node = mprt_at(frame->node);
  memprof_ref found = memprof_node_lines(node)[line];
  return MPRT_LIKELY(found) ? mprt_at(found) : line_first(node, line);
}

/* ---- Events ---- */

/* What happened at once: a realloc is both. */
struct event {
  uint64_t allocs, bytes, frees, freed;
};

static inline void line_add(struct memprof_line *line, struct event event) {
  line->allocs += event.allocs;
  line->bytes += event.bytes;
  line->frees += event.frees;
  line->freed += event.freed;
}

static inline void line_mark(struct memprof_line *line, uint64_t peak,
                             int64_t live, uint64_t stamp) {
  if (peak > line->peak)
    line->peak = peak;
  line->mem_usage = live;
  line->stamp = stamp;
}

/* An event under a marked function: on the current line of the innermost. */
static inline struct memprof_line *charge(struct memprof_thread *thread,
                                          struct memprof_frame *frame,
                                          struct event event) {
  uint32_t index = mprt_frame_line(frame);
  int64_t live = thread->live;
  mprt_frame_visit(frame, index, live);
  struct memprof_line *line = line_at(frame, index);
  live += (int64_t)(event.bytes - event.freed);
  thread->live = live;
  thread->allocs += event.allocs;
  thread->bytes += event.bytes;
  thread->frees += event.frees;
  thread->freed += event.freed;
  if (live > frame->high)
    frame->high = live;
  if (live > frame->call_high)
    frame->call_high = live;
  line_add(line, event);
  line_mark(line, (uint64_t)(frame->high - frame->base), live,
            mprt_account_stamp(thread));
  return line;
}

/* scope=process: the rest is one row with a live of its own. */
MPRT_COLD static struct memprof_line *
charge_outside(struct memprof_thread *thread, struct event event) {
  struct memprof_line *line = mprt_account_root_line(mprt_at(thread->root));
  line_add(line, event);
  int64_t live = (int64_t)(line->bytes - line->freed);
  line_mark(line, live > 0 ? (uint64_t)live : 0, live,
            mprt_account_stamp(thread));
  return line;
}

/* The block is gone: it no longer counts as kept. */
static inline void line_credit(mprt_block block, struct mprt_state *self) {
  struct memprof_line *line = mprt_at(mprt_block_line(block));
  uint64_t size = mprt_block_size(block);
  if (MPRT_LIKELY(self && mprt_at(line->thread) == self->record))
    line->returned += size;
  else
    __atomic_fetch_add(&line->returned_elsewhere, size, __ATOMIC_RELAXED);
}

/* A block whose release we did not see: its address was handed out again. */
MPRT_COLD static void block_retire(mprt_block block, struct mprt_state *self) {
  line_credit(block, self);
  process_add(-(int64_t)mprt_block_size(block));
  __atomic_fetch_add(&mprt_header()->unseen_releases, 1, __ATOMIC_RELAXED);
}

/* Where an event of this thread is charged: its innermost marked call, its base
 * frame with scope=process, else nowhere (NULL). */
static inline struct memprof_frame *place(struct mprt_state **self,
                                          uintptr_t cfa) {
  bool counts_outside = mprt_config.scope && mprt_registry_is_active();
  if (!*self && (!counts_outside || !(*self = mprt_attach())))
    return NULL;
  struct memprof_frame *frame = mprt_frames_current(*self, cfa);
  return frame != (*self)->base || counts_outside ? frame : NULL;
}

static inline struct memprof_line *charge_at(struct mprt_state *self,
                                             struct memprof_frame *frame,
                                             struct event event) {
  return MPRT_LIKELY(frame != self->base) ? charge(self->record, frame, event)
                                          : charge_outside(self->record, event);
}

static inline void block_enter(struct mprt_state *self, void *block,
                               struct memprof_line *line, size_t size) {
  mprt_block stale = mprt_blocks_put(block, mprt_ref(line), size);
  if (MPRT_UNLIKELY(stale))
    block_retire(stale, self);
}

void mprt_account_allocated(void *block, size_t size, uintptr_t cfa) {
  struct mprt_state *self = mprt_self;
  struct memprof_frame *frame = place(&self, cfa);
  if (!frame || !block)
    return;
  struct memprof_line *line =
      charge_at(self, frame, (struct event){.allocs = 1, .bytes = size});
  block_enter(self, block, line, size);
  process_add((int64_t)size);
}

void mprt_account_freed(void *address, uintptr_t cfa) {
  mprt_block block = mprt_blocks_take(address);
  if (MPRT_LIKELY(!block))
    return;
  uint64_t size = mprt_block_size(block);
  struct mprt_state *self = mprt_self;
  struct memprof_frame *frame = place(&self, cfa);
  line_credit(block, self);
  process_add(-(int64_t)size);
  if (frame)
    charge_at(self, frame, (struct event){.frees = 1, .freed = size});
}

uint64_t mprt_account_reallocating(void *block) {
  return mprt_blocks_take(block);
}

void mprt_account_reallocated(uint64_t token, void *old_block, void *block,
                              size_t size, uintptr_t cfa) {
  struct mprt_state *self = mprt_self;
  if (!block && size) { /* failed: the old block is as it was */
    if (token)
      mprt_blocks_put(old_block, mprt_block_line(token),
                      mprt_block_size(token));
    return;
  }
  uint64_t released = token ? mprt_block_size(token) : 0;
  struct memprof_frame *frame = place(&self, cfa);
  if (token)
    line_credit(token, self);
  if (!frame) {
    if (token)
      process_add(-(int64_t)released);
    return;
  }
  struct event event = {.allocs = block != NULL,
                        .bytes = block ? size : 0,
                        .frees = token != 0,
                        .freed = released};
  if (!event.allocs && !event.frees)
    return;
  struct memprof_line *line = charge_at(self, frame, event);
  if (block)
    block_enter(self, block, line, size);
  process_add((int64_t)(event.bytes - event.freed));
}

/* ---- The end of a call ---- */

static inline void stat_add(struct memprof_stat *stat, uint64_t value,
                            bool is_first) {
  if (is_first || value < stat->min)
    stat->min = value;
  if (value > stat->max)
    stat->max = value;
  stat->sum += value;
  if (is_first)
    stat->first = value;
}

/* A call without events: every metric is 0. */
static inline void stats_add_quiet(struct memprof_stat *stats) {
  if (stats[MEMPROF_CALL_allocs].min)
    for (unsigned m = 0; m < MEMPROF_CALL_METRIC_COUNT; m++)
      stats[m].min = 0;
  stats[MEMPROF_CALL_frees].min = 0;
}

static void stats_add(struct memprof_node *node,
                      const struct memprof_thread *thread,
                      const struct memprof_frame *frame, bool is_first) {
  uint64_t bytes = thread->bytes - frame->bytes;
  uint64_t freed = thread->freed - frame->freed;
  const uint64_t values[MEMPROF_CALL_METRIC_COUNT] = {
      [MEMPROF_CALL_allocs] = thread->allocs - frame->allocs,
      [MEMPROF_CALL_frees] = thread->frees - frame->frees,
      [MEMPROF_CALL_bytes] = bytes,
      [MEMPROF_CALL_peak] = (uint64_t)(frame->call_high - frame->live_at_enter),
      [MEMPROF_CALL_kept] = bytes > freed ? bytes - freed : 0,
  };
  for (unsigned m = 0; m < MEMPROF_CALL_METRIC_COUNT; m++)
    stat_add(&node->per_call[m], values[m], is_first);
}

void mprt_account_finish_call(struct memprof_thread *thread,
                              struct memprof_frame *frame) {
  struct memprof_node *node = mprt_at(frame->node);
  uint64_t stamp = mprt_account_stamp(thread);
  bool is_first = node->calls == node->in_flight;
  if (thread->allocs == frame->allocs && thread->frees == frame->frees)
    stats_add_quiet(node->per_call);
  else
    stats_add(node, thread, frame, is_first);
  if (is_first)
    node->first_stamp = stamp;
  node->in_flight--;

  struct memprof_frame *caller = mprt_at(frame->caller);
  if (!caller->caller) /* outside: nobody watches its visits */
    return;
  /* enter looked at the caller's visit; since then only callees ran */
  if (frame->call_high > caller->high)
    caller->high = frame->call_high;
  if (frame->call_high > caller->call_high)
    caller->call_high = frame->call_high;
  caller->seen_hits =
      ((const volatile uint64_t *)caller->hits)[caller->seen_line];
  line_mark(line_at(caller, caller->seen_line),
            (uint64_t)(caller->high - caller->base), thread->live, stamp);
}
