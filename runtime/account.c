/* account.c - what an event adds to which counters. The rules stand in
 * memprof_format.h.
 *
 * Counters of lines, contexts and threads are plain: one thread writes them. A
 * report that is made while other threads run reads them as they are, aligned
 * words that may be one event apart; that race is accepted, as atomics on them
 * would cost each event. What several threads write is atomic: the process's
 * counters and a line's returned_elsewhere.
 */
#include "blocks.h"
#include "process.h"
#include "wake.h"

/* ---- Events ---- */

/* What happened at once: a realloc is both. forgotten: of `freed`, what was
 * counted as released long ago. rises: to the process's high-water mark. */
struct event {
  uint64_t allocs, bytes, frees, freed, forgotten;
  bool rises;
};

/* The process's high-water mark lies behind: keeps what the line held then. */
MPRT_COLD static void line_note_peak(struct memprof_line *line,
                                     uint64_t epoch) {
  atomic_store_explicit(&mprt_peak_is_noted, true, memory_order_relaxed);
  __atomic_store_n(&line->at_peak, memprof_line_kept(line), __ATOMIC_RELAXED);
  __atomic_store_n(&line->peak_epoch, epoch, __ATOMIC_RELAXED);
}

/* Before what the line keeps changes. */
static inline void line_before(unsigned char *arena, struct memprof_line *line,
                               bool rises) {
  if (rises)
    return;
  const struct memprof_header *header = (const void *)arena;
  uint64_t epoch = __atomic_load_n(&header->peak_epoch, __ATOMIC_RELAXED);
  if (__atomic_load_n(&line->peak_epoch, __ATOMIC_RELAXED) != epoch)
    line_note_peak(line, epoch);
}

/* Returns the bytes that count as released at once. */
static inline uint64_t line_add(struct memprof_line *line, struct event event) {
  line->allocs += event.allocs;
  line->bytes += event.bytes;
  line->frees += event.frees;
  line->freed += event.freed;
  if (MPRT_LIKELY(line->thread))
    return 0;
  line->returned += event.bytes;
  return event.bytes;
}

/* ---- Sizes of blocks ---- */

static void fill_sizes(void *record, const void *node) {
  ((struct memprof_sizes *)record)->node = mprt_ref(node);
}

/* Without memory the sizes of this context stay unknown. */
MPRT_COLD static struct memprof_sizes *sizes_new(struct memprof_node *node) {
  struct memprof_sizes *made =
      mprt_arena_alloc(MEMPROF_KIND_SIZES, sizeof *made, fill_sizes, node);
  if (made)
    node->sizes = mprt_ref(made);
  return made;
}

/* 0, 1, 2 for 2..3, 3 for 4..7, ... */
static inline unsigned binary_digits(uint64_t size) {
  return 63 - (unsigned)__builtin_clzll(2 * size + 1);
}

static inline unsigned size_class(uint64_t size) {
  unsigned digits = binary_digits(size);
  return MPRT_LIKELY(digits < MEMPROF_SIZE_CLASSES) ? digits
                                                    : MEMPROF_SIZE_CLASSES - 1;
}

static inline void sizes_add(unsigned char *arena, struct memprof_node *node,
                             uint64_t size, uint64_t count) {
  struct memprof_sizes *sizes = mprt_in(arena, node->sizes);
  if (MPRT_UNLIKELY(!node->sizes) && !(sizes = sizes_new(node)))
    return;
  sizes->counts[size_class(size)] += count;
}

/* What is allocated on this line may take the short way from now on. */
static inline void line_shorten(unsigned char *arena, struct memprof_line *line,
                                const struct memprof_node *node) {
  if (line->thread && node->sizes)
    line->sizes = (uintptr_t)mprt_in(arena, node->sizes);
}

/* ---- Where an event is charged ---- */

/* An event under a marked function: on the current line of the innermost. */
static inline __attribute__((always_inline)) struct memprof_line *
charge(unsigned char *arena, struct memprof_thread *thread,
       struct memprof_frame *frame, struct event event) {
  int64_t live = thread->live;
  uint32_t index = mprt_frame_visit(arena, frame, live);
  struct memprof_node *node = mprt_in(arena, frame->node);
  struct memprof_line *line = mprt_line_at(arena, frame, index);
  if (event.allocs) {
    line_before(arena, line, event.rises);
    sizes_add(arena, node, event.bytes, event.allocs);
  }
  live += (int64_t)(event.bytes - event.freed);
  thread->live = live;
  thread->allocs += event.allocs;
  thread->bytes += event.bytes;
  thread->frees += event.frees;
  thread->freed += event.freed - event.forgotten;
  thread->freed += line_add(line, event);
  if (live > frame->call_high)
    frame->call_high = live;
  mprt_line_mark(line, live - frame->base, live,
                 mprt_stamp_of(thread, node->function));
  line_shorten(arena, line, node);
  return line;
}

/* scope=process: the rest is one row with a live of its own. */
MPRT_COLD static struct memprof_line *
charge_outside(struct memprof_thread *thread, struct event event) {
  struct memprof_node *root = mprt_at(thread->root);
  struct memprof_line *line = mprt_line_of_root(root);
  if (event.allocs) {
    line_before(mprt_arena_base, line, event.rises);
    sizes_add(mprt_arena_base, root, event.bytes, event.allocs);
  }
  line_add(line, event);
  int64_t live = (int64_t)(line->bytes - line->freed);
  if (!(mprt_order_of(root->function) & MPRT_RESTLESS))
    mprt_order_add(root->function, MPRT_RESTLESS);
  mprt_line_mark(line, live, live, mprt_stamp_of(thread, root->function));
  return line;
}

/* Where a block was that made room for another one in the same event: it was
 * not temporary. */
#define RESIZED ((const void *)-1)

/* Whether the line is one of this stack's record: plain counters will do. */
static inline bool is_own(const struct mprt_state *self,
                          const struct memprof_line *line) {
  return self && line->thread == self->owner;
}

/* The block, which was at `address`, is gone: it no longer counts as kept.
 * Returns its bytes if it never did. */
static inline uint64_t line_credit(mprt_block block, const void *address,
                                   struct mprt_state *self, bool rises) {
  unsigned char *arena = mprt_arena_base;
  struct memprof_line *line = mprt_in(arena, mprt_block_line(block));
  uint64_t size = mprt_block_size(block);
  line_before(arena, line, rises);
  if (self && address == self->latest)
    line->temporary++;
  if (!line->thread)
    return size;
  if (MPRT_LIKELY(is_own(self, line)))
    line->returned += size;
  else
    __atomic_fetch_add(&line->returned_elsewhere, size, __ATOMIC_RELAXED);
  return 0;
}

/* A block whose release we did not see: its address was handed out again. */
MPRT_COLD static void block_retire(mprt_block block, struct mprt_state *self) {
  mprt_process_add(-(int64_t)mprt_block_size(block));
  line_credit(block, RESIZED, self, false);
  __atomic_fetch_add(&mprt_header()->unseen_releases, 1, __ATOMIC_RELAXED);
}

/* Whether an allocation is nobody's: no marked call runs on this stack. */
static inline bool is_outside(const struct mprt_state *self, uintptr_t cfa) {
  if (mprt_config.scope || (self && self->top != self->base))
    return false;
  /* the other stacks may have calls */
  return atomic_load_explicit(&mprt_stacks_epoch, memory_order_relaxed) == 0 ||
         (self && mprt_is_below(self, self->base, cfa));
}

/* Where an event on this stack is charged: its innermost marked call, a base
 * frame with scope=process, else nowhere (NULL). `*self` becomes the stack's
 * state, or NULL. May attach the thread. */
MPRT_COLD static struct memprof_frame *frame_find(uintptr_t cfa,
                                                  struct mprt_state **self) {
  *self = mprt_stack_at(cfa, MPRT_EVENT);
  struct memprof_frame *frame =
      *self ? mprt_frames_drop(*self, cfa, false) : NULL;
  if (frame && frame != (*self)->base) {
    mprt_frames_fill(*self);
    return frame;
  }
  if (!mprt_config.scope || !mprt_registry_is_active())
    return NULL;
  if (!*self)
    *self = mprt_attach();
  return *self ? (*self)->base : NULL;
}

/* Not the current stack's: a signal handler may have moved that on. */
static struct memprof_thread *thread_of(const struct memprof_frame *frame) {
  const struct memprof_node *node = mprt_at(frame->node);
  return mprt_at(node->thread);
}

/* Whether an allocation is made inside a wrapper that runs. One that was left
 * by a longjmp runs no more: its caller allocates further up the stack. */
MPRT_COLD static bool is_in_wrapper(struct mprt_state *self, uintptr_t cfa) {
  if (cfa > self->wrapper)
    self->wrapper = 0;
  return self->wrapper != 0;
}

/* Where an allocation is charged; NULL when it is not. */
static struct memprof_frame *frame_of_allocation(uintptr_t cfa,
                                                 struct mprt_state **self) {
  struct memprof_frame *frame = frame_find(cfa, self);
  return frame && is_in_wrapper(*self, cfa) ? NULL : frame;
}

static struct memprof_line *charge_at(struct memprof_frame *frame,
                                      struct event event) {
  struct memprof_thread *thread = thread_of(frame);
  return frame->caller ? charge(mprt_arena_base, thread, frame, event)
                       : charge_outside(thread, event);
}

/* Takes back the allocation of a block that could not be entered: its release
 * would not be seen. */
MPRT_COLD static void charge_undo(struct memprof_frame *frame,
                                  struct memprof_line *line, size_t size) {
  struct memprof_thread *thread = thread_of(frame);
  line->allocs--;
  line->bytes -= size;
  if (!line->thread)
    line->returned -= size;
  sizes_add(mprt_arena_base, mprt_at(frame->node), size, (uint64_t)-1);
  if (frame->caller) {
    thread->live -= (int64_t)size;
    thread->allocs--;
    thread->bytes -= size;
    if (!line->thread)
      thread->freed -= size;
  }
  mprt_process_add(-(int64_t)size);
  mprt_drop(&mprt_header()->dropped_lines);
}

/* What a put did not do silently. */
MPRT_COLD static void put_failed(mprt_block result, struct memprof_frame *frame,
                                 struct memprof_line *line, size_t size) {
  if (result != MPRT_BLOCK_LOST)
    block_retire(result, mprt_self);
  else
    charge_undo(frame, line, size);
}

static inline void block_enter(enum mprt_owner owner, void *block,
                               struct memprof_frame *frame,
                               struct memprof_line *line, size_t size) {
  mprt_block result = mprt_blocks_put_of(owner, block, mprt_ref(line), size);
  if (MPRT_UNLIKELY(result))
    put_failed(result, frame, line, size);
}

/* What `latest` holds: no address of the one is one of the other. */
static const void *block_name(enum mprt_owner owner, const void *block) {
  return owner == MPRT_OF_MALLOC ? block : (const void *)~(uintptr_t)block;
}

bool mprt_account_is_own(const void *block) {
  struct mprt_state *self = mprt_self;
  return self && block && self->latest == block_name(MPRT_OF_PROGRAM, block);
}

MPRT_COLD static void allocated_slow(enum mprt_owner owner, void *block,
                                     size_t size, uintptr_t cfa) {
  struct mprt_state *self;
  struct memprof_frame *frame = frame_of_allocation(cfa, &self);
  if (!frame || !block)
    return;
  bool rises = mprt_process_add((int64_t)size);
  struct memprof_line *line = charge_at(
      frame, (struct event){.allocs = 1, .bytes = size, .rises = rises});
  if (frame->caller)
    self->latest = block_name(owner, block);
  block_enter(owner, block, frame, line, size);
  if (rises)
    mprt_process_rose();
}

void mprt_account_allocated(void *block, size_t size, uintptr_t cfa) {
  /* asked first: the way of all that is outside */
  if (!is_outside(mprt_self, cfa))
    allocated_slow(MPRT_OF_MALLOC, block, size, cfa);
}

MPRT_COLD static void freed_slow(mprt_block block, const void *address,
                                 uintptr_t cfa) {
  uint64_t size = mprt_block_size(block);
  struct mprt_state *self;
  struct memprof_frame *frame = frame_find(cfa, &self);
  mprt_process_add(-(int64_t)size);
  uint64_t forgotten = line_credit(block, address, self, false);
  if (frame)
    charge_at(frame, (struct event){
                         .frees = 1, .freed = size, .forgotten = forgotten});
}

void mprt_account_freed(void *address, uintptr_t cfa) {
  mprt_block block = mprt_blocks_take(address);
  if (MPRT_UNLIKELY(block))
    freed_slow(block, address, cfa);
}

uint64_t mprt_account_reallocating(void *block) {
  return mprt_blocks_take(block);
}

/* A failed one: the old block is as it was. */
MPRT_COLD static void put_back(mprt_block block, const void *address) {
  mprt_block result =
      mprt_blocks_put(address, mprt_block_line(block), mprt_block_size(block));
  if (result == MPRT_BLOCK_LOST)
    block_retire(block, NULL);
}

MPRT_COLD void mprt_account_reallocated(uint64_t token, void *old_block,
                                        void *block, size_t size,
                                        uintptr_t cfa) {
  if (!block && size) {
    if (token)
      put_back(token, old_block);
    return;
  }
  if (!token && is_outside(mprt_self, cfa))
    return;
  uint64_t released = token ? mprt_block_size(token) : 0;
  struct mprt_state *self;
  struct memprof_frame *frame = frame_find(cfa, &self);
  if (frame && is_in_wrapper(self, cfa))
    block = NULL; /* only the release counts */
  uint64_t entered = frame && block ? size : 0;
  bool rises = mprt_process_add((int64_t)(entered - released));
  uint64_t forgotten =
      token ? line_credit(token, block ? RESIZED : old_block, self, rises) : 0;
  struct event event = {.allocs = block != NULL,
                        .bytes = block ? size : 0,
                        .frees = token != 0,
                        .freed = released,
                        .forgotten = forgotten,
                        .rises = rises};
  if (frame && (event.allocs || event.frees)) {
    struct memprof_line *line = charge_at(frame, event);
    if (block && frame->caller)
      self->latest = block;
    if (block)
      block_enter(MPRT_OF_MALLOC, block, frame, line, size);
  }
  if (rises)
    mprt_process_rose();
}

/* ---- The short way ----
 *
 * The same as allocated_slow and freed_slow for nearly all events: first it is
 * asked whether all that is needed is there, then all of it is stored. Whatever
 * is not as usual goes the long way, as a tail call, so that no register need
 * be saved; a visit that has begun by then is the same one there. */

/* The line on which an event of the innermost call counts, its visit begun; NULL
 * when something has to be made first. Of a visit that goes on its frame knows. */
static inline __attribute__((always_inline)) struct memprof_line *
line_shortly(const struct mprt_state *self, struct memprof_frame *frame) {
  uint32_t index = *(const volatile uint32_t *)&frame->line;
  uint64_t hits = ((const volatile uint64_t *)frame->hits)[index];
  const struct memprof_node *node = mprt_at(frame->node);
  memprof_ref found;
  if (frame->seen_line != index || frame->seen_hits != hits) {
    if (MPRT_UNLIKELY(index >= node->line_count))
      return NULL;
    found = memprof_node_lines(node)[index];
    mprt_frame_arrive(frame, index, hits, self->record->live);
  } else {
    if (MPRT_LIKELY(frame->charge))
      return (struct memprof_line *)(uintptr_t)frame->charge;
    found = memprof_node_lines(node)[index];
  }
  if (MPRT_UNLIKELY(!found || self->wrapper))
    return NULL;
  struct memprof_line *line = mprt_at(found);
  frame->cell = mprt_cell_of_line(found);
  frame->charge = (uintptr_t)line;
  return line;
}

/* An allocation; in the same event `old` may be released, 0: none. */
static inline __attribute__((always_inline)) bool
allocated_shortly(mprt_block old, const void *block, size_t size,
                  uintptr_t cfa) {
  struct mprt_state *self = mprt_self;
  if (MPRT_UNLIKELY(!self))
    return false;
  struct memprof_frame *frame = self->top;
  if (MPRT_UNLIKELY(!mprt_is_below(self, frame, cfa)))
    return false;
  struct memprof_line *line = line_shortly(self, frame);
  if (MPRT_UNLIKELY(!line || !line->sizes))
    return false;
  uint64_t released = 0;
  struct memprof_line *owner = NULL;
  if (old) {
    if (MPRT_UNLIKELY(!mprt_block_is_plain(old)))
      return false;
    released = mprt_block_size(old);
    owner = mprt_at(mprt_block_line(old));
    if (MPRT_UNLIKELY(!is_own(self, owner)))
      return false;
  }
  mprt_cell *at;
  if (MPRT_UNLIKELY(!mprt_blocks_vacancy(MPRT_OF_MALLOC, block, size, &at)) ||
      MPRT_UNLIKELY(mprt_process_try(mprt_header(), (int64_t)(size - released),
                                     line, owner) == MPRT_NOT_DONE))
    return false;

  mprt_cell_put(at, block, frame->cell, size);
  self->latest = block;
  /* what has a cell is of the first classes */
  ((struct memprof_sizes *)(uintptr_t)line->sizes)
      ->counts[binary_digits(size)]++;
  struct memprof_thread *thread = self->record;
  int64_t live = thread->live + (int64_t)(size - released);
  thread->live = live;
  thread->allocs++;
  thread->bytes += size;
  line->allocs++;
  line->bytes += size;
  if (old) {
    thread->frees++;
    thread->freed += released;
    line->frees++;
    line->freed += released;
    owner->returned += released;
  }
  if (live > frame->call_high)
    frame->call_high = live;
  mprt_line_mark(line, live - frame->base, live,
                 mprt_stamp_of(thread, line->function));
  return true;
}

/* Whether the innermost call has had no event yet. */
static inline bool is_first_event(const struct mprt_state *self) {
  return self && self->top >= self->fresh;
}

static __attribute__((noinline)) void *allocated_first(void *block, size_t size,
                                                       uintptr_t cfa) {
  mprt_frames_fill(mprt_self);
  return __memprofpass_block_allocated(block, size, cfa);
}

MPRT_COLD static void *allocated_at_length(void *block, size_t size,
                                           uintptr_t cfa) {
  allocated_slow(MPRT_OF_MALLOC, block, size, cfa);
  return block;
}

void *__memprofpass_block_allocated(void *block, size_t size, uintptr_t cfa) {
  if (MPRT_UNLIKELY(is_first_event(mprt_self)))
    return allocated_first(block, size, cfa);
  if (MPRT_UNLIKELY(!allocated_shortly(0, block, size, cfa)))
    return allocated_at_length(block, size, cfa);
  return block;
}

MPRT_COLD static void freed_at_length(struct memprof_line *owner, uint64_t size,
                                      const void *address, uintptr_t cfa) {
  freed_slow(mprt_block_of(mprt_ref(owner), (uint32_t)size), address, cfa);
}

static void freed_first(struct memprof_line *owner, uint64_t size,
                        const void *address, uintptr_t cfa);

/* A block of `owner` that was taken out of the map. Outside all marked calls that
 * is a credit to its line, and no event. */
static inline __attribute__((always_inline)) void
freed(struct memprof_line *owner, uint64_t size, const void *address,
      uintptr_t cfa) {
  struct mprt_state *self = mprt_self;
  if (MPRT_UNLIKELY(!self))
    goto long_way;
  struct memprof_frame *frame = self->top;
  if (MPRT_UNLIKELY(frame >= self->fresh)) {
    freed_first(owner, size, address, cfa);
    return;
  }
  struct memprof_line *line = NULL;
  if (frame != self->base) {
    if (MPRT_UNLIKELY(!mprt_is_below(self, frame, cfa)))
      goto long_way;
    line = line_shortly(self, frame);
    if (MPRT_UNLIKELY(!line))
      goto long_way;
  }
  if (MPRT_UNLIKELY(!owner->thread) ||
      MPRT_UNLIKELY(mprt_process_try(mprt_header(), -(int64_t)size, owner,
                                     NULL) == MPRT_NOT_DONE))
    goto long_way;

  if (MPRT_LIKELY(is_own(self, owner))) {
    owner->returned += size;
    if (address == self->latest)
      owner->temporary++;
  } else {
    __atomic_fetch_add(&owner->returned_elsewhere, size, __ATOMIC_RELAXED);
  }
  if (!line)
    return;
  struct memprof_thread *thread = self->record;
  int64_t live = thread->live - (int64_t)size;
  thread->live = live;
  thread->frees++;
  thread->freed += size;
  line->frees++;
  line->freed += size;
  line->mem_usage = live;
  line->stamp = mprt_stamp_of(thread, line->function);
  return;
long_way:
  freed_at_length(owner, size, address, cfa);
}

static __attribute__((noinline)) void freed_first(struct memprof_line *owner,
                                                  uint64_t size,
                                                  const void *address,
                                                  uintptr_t cfa) {
  mprt_frames_fill(mprt_self);
  freed(owner, size, address, cfa);
}

uint64_t __memprofpass_block_reallocating(void *block) {
  return mprt_blocks_take_seen(MPRT_OF_MALLOC, block);
}

/* What was released outside of all marked calls made room for another block. */
static bool reallocated_outside(uint64_t token, const void *block,
                                uintptr_t cfa) {
  if (!block || !mprt_block_is_plain(token) || !is_outside(mprt_self, cfa))
    return false;
  freed(mprt_at(mprt_block_line_in(token)), mprt_block_size(token), RESIZED,
        cfa);
  return true;
}

static __attribute__((noinline)) void
reallocated_first(uint64_t token, void *old_block, void *block, size_t size,
                  uintptr_t cfa) {
  mprt_frames_fill(mprt_self);
  __memprofpass_block_reallocated(token, old_block, block, size, cfa);
}

void __memprofpass_block_reallocated(uint64_t token, void *old_block,
                                     void *block, size_t size, uintptr_t cfa) {
  if (MPRT_UNLIKELY(is_first_event(mprt_self)))
    reallocated_first(token, old_block, block, size, cfa);
  else if (MPRT_UNLIKELY(!allocated_shortly(token, block, size, cfa)) &&
           !reallocated_outside(token, block, cfa))
    mprt_account_reallocated(token, old_block, block, size, cfa);
}

MPRT_COLD static void freed_rarely(void *address, uintptr_t cfa) {
  mprt_block block = mprt_blocks_take_rare(MPRT_OF_MALLOC, (uintptr_t)address);
  if (block)
    freed_slow(block, address, cfa);
}

void __memprofpass_block_freed(void *address, uintptr_t cfa) {
  uint32_t from, size;
  enum mprt_taking taking =
      mprt_blocks_try(MPRT_OF_MALLOC, address, &from, &size);
  if (MPRT_LIKELY(taking == MPRT_OUT))
    freed(mprt_at(mprt_block_line_in(from)), size, address, cfa);
  else if (taking == MPRT_OUT_RARELY)
    freed_rarely(address, cfa);
}

/* ---- Mappings of the program ---- */

static uint32_t current_line(const struct memprof_frame *frame) {
  const struct memprof_node *node = mprt_at(frame->node);
  return frame->caller && frame->line < node->line_count ? frame->line : 0;
}

bool mprt_account_mapping(uint64_t mapped, uint64_t unmapped, uintptr_t cfa) {
  struct mprt_state *self;
  struct memprof_frame *frame = frame_find(cfa, &self);
  if (frame && mapped && is_in_wrapper(self, cfa))
    mapped = 0; /* the wrapper's own affair */
  if (!frame || (!mapped && !unmapped))
    return false;
  struct memprof_mapping *mapping =
      mprt_mapping_at(mprt_at(frame->node), current_line(frame));
  if (!mapping)
    return false;
  mapping->maps += mapped != 0;
  mapping->mapped += mapped;
  mapping->unmaps += unmapped != 0;
  mapping->unmapped += unmapped;
  return mapped != 0;
}

/* ---- Allocators of the program ---- */

void mprt_account_own_allocated(void *block, size_t size, uintptr_t cfa) {
  allocated_slow(MPRT_OF_PROGRAM, block, size, cfa);
}

void mprt_account_own_freed(void *address, uintptr_t cfa) {
  mprt_block block = mprt_blocks_take_of(MPRT_OF_PROGRAM, address);
  if (block)
    freed_slow(block, block_name(MPRT_OF_PROGRAM, address), cfa);
}

bool mprt_account_wrapper_begin(uintptr_t cfa) {
  struct mprt_state *self =
      mprt_registry_is_active() ? mprt_stack_at(cfa, MPRT_CALL) : NULL;
  if (!self || is_in_wrapper(self, cfa))
    return false;
  self->wrapper = cfa;
  self->top->charge = 0;
  return true;
}

void mprt_account_wrapper_end(uintptr_t cfa) {
  struct mprt_state *self = mprt_stack_at(cfa, MPRT_EXIT);
  if (self)
    self->wrapper = 0;
}
