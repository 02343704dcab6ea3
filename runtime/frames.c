/* frames.c - enter, exit and landed: the shadow of a machine stack.
 *
 * Frames lie in blocks of the image, never on the machine stack: what a longjmp
 * abandoned there would be overwritten. A block's end is crossed by linking
 * another one, so that no frame ever moves. Exit assigns the depth: calls whose
 * exit was lost are finished by the exit of any call below them.
 */
#include "budget.h"
#include "core.h"
#include "entry.h"

/* What calls get that count for nobody: asleep, not selected, out of memory.
 * Its counters are shared by all threads; nobody reads them. */
static _Thread_local struct {
  uint64_t *hits;
  uint32_t line;
} dummy __attribute__((tls_model("initial-exec")));

#define SCRATCH_LINES (1u << 16)
static uint64_t first_scratch[SCRATCH_LINES];
static uint64_t *_Atomic scratch = first_scratch;
static uint32_t scratch_lines = SCRATCH_LINES;

/* Under the registry's lock. */
bool mprt_frames_reserve_lines(uint32_t line_count) {
  if (line_count <= scratch_lines)
    return true;
  uint64_t *larger = mprt_pages(line_count * sizeof *larger);
  if (!larger)
    return false;
  scratch = larger;
  scratch_lines = line_count;
  return true;
}

static void *dummy_frame(void) {
  dummy.hits = atomic_load_explicit(&scratch, memory_order_relaxed);
  return &dummy;
}

MPRT_COLD static void *dropped_frame(void) {
  __atomic_fetch_add(&mprt_header()->dropped_frames, 1, __ATOMIC_RELAXED);
  return dummy_frame();
}

/* ---- Depth ---- */

static struct memprof_frame *frames_of(struct memprof_frames *chunk) {
  return (struct memprof_frame *)(chunk + 1);
}

/* Where a block's ends of calls take the slow way: see mprt_state. */
static struct memprof_frame *chunk_first(const struct mprt_state *self,
                                         struct memprof_frames *chunk) {
  struct memprof_frame *frames = frames_of(chunk), *top = self->top;
  if (top->start_ns && top >= frames && top < frames + chunk->count)
    return top;
  if (self->inherited >= frames && self->inherited < frames + chunk->count)
    return self->inherited;
  return chunk->below ? frames : NULL;
}

/* The next call takes `slot` of `chunk`. In between, nobody uses the state: a
 * signal handler that came with one field moved and another not would write
 * past the block; so its calls do without a frame. */
static void chunk_switch(struct mprt_state *self, struct memprof_frames *chunk,
                         struct memprof_frame *slot) {
  uintptr_t low = self->low;
  self->is_busy = true;
  self->low = UINTPTR_MAX;
  atomic_signal_fence(memory_order_seq_cst);
  self->chunk = chunk;
  self->first = chunk_first(self, chunk);
  self->limit = frames_of(chunk) + chunk->count;
  self->slots = mprt_slots_of(chunk);
  self->next = slot;
  atomic_signal_fence(memory_order_seq_cst);
  self->low = low;
  self->is_busy = false;
}

/* Gives back the slot of a frame that lies at or below the current block, and
 * with a block's first slot the block: whoever is interrupted by a handler's
 * calls finds the fields as they were. */
static void chunk_descend(struct mprt_state *self,
                          struct memprof_frame *frame) {
  struct memprof_frames *chunk = self->chunk;
  while (frame < frames_of(chunk) || frame >= frames_of(chunk) + chunk->count)
    chunk = mprt_at(chunk->below);
  if (frame == frames_of(chunk)) {
    chunk = mprt_at(chunk->below);
    frame = frames_of(chunk) + chunk->count;
  }
  chunk_switch(self, chunk, frame);
}

static void start_forget(struct mprt_state *self, struct memprof_frame *frame) {
  frame->start_ns = 0;
  if (frame == self->inherited) {
    struct memprof_frame *caller = self->top;
    self->inherited = caller == self->base ? NULL : caller;
  }
}

/* Finishes the innermost call. */
static void frame_pop(struct mprt_state *self, struct memprof_frame *frame) {
  mprt_call_finish(self, frame);
  mprt_top_set(self, mprt_arena_base, mprt_at(frame->caller));
  if (MPRT_UNLIKELY(frame->start_ns))
    start_forget(self, frame);
  atomic_signal_fence(memory_order_seq_cst);
  if (MPRT_UNLIKELY(self->next != frame + 1 || frame == self->first))
    chunk_descend(self, frame);
  else
    self->next = frame;
}

/* Whether the call of this frame is still open on this thread. */
static bool is_open(const struct mprt_state *self,
                    const struct memprof_frame *frame) {
  const struct memprof_frame *at = self->top;
  while (at != self->base && at != frame)
    at = mprt_at(at->caller);
  return at == frame && at != self->base;
}

/* Finishes the calls above `frame`. False when it is none of ours: a frame that
 * was finished before. */
MPRT_COLD static bool frames_heal(struct mprt_state *self,
                                  const struct memprof_frame *frame) {
  if (!is_open(self, frame))
    return false;
  while (self->top != frame)
    frame_pop(self, self->top);
  return true;
}

static bool is_below(const struct memprof_frame *frame, uintptr_t cfa,
                     bool is_call) {
  return frame->cfa < cfa || (is_call && frame->cfa == cfa);
}

MPRT_COLD struct memprof_frame *mprt_frames_drop(struct mprt_state *self,
                                                 uintptr_t cfa, bool is_call) {
  struct memprof_frame *top = self->top;
  while (top != self->base && is_below(top, cfa, is_call)) {
    frame_pop(self, top);
    top = self->top;
  }
  return top;
}

/* Also to another stack: then the calls on this one go on later, unless it is a
 * signal handler's, to which nobody comes back. */
void __memprofpass_jumping(uintptr_t target) {
  uintptr_t here = (uintptr_t)__builtin_dwarf_cfa();
  mprt_fork_arm();
  struct mprt_state *from = mprt_stack_at(here, MPRT_EXIT);
  struct mprt_state *to = target ? mprt_stack_at(target, MPRT_EXIT) : NULL;
  if (from && from != to && mprt_stack_is_handlers(here))
    mprt_frames_finish(from);
  if (to)
    mprt_frames_drop(to, target, false);
}

void mprt_frames_finish(struct mprt_state *self) {
  while (self->top != self->base)
    frame_pop(self, self->top);
}

void mprt_frames_save(struct mprt_state *self, bool is_shared) {
  size_t count = 0;
  const struct memprof_frame *top = self->top, *at;
  self->saved_top = mprt_ref(top);
  self->saved_count = 0;
  if (!is_shared)
    return;
  for (at = top; at != self->base; at = mprt_at(at->caller))
    count++;
  if (count > self->saved_capacity) {
    struct memprof_frame *larger = mprt_pages(2 * count * sizeof *larger);
    if (!larger) {
      self->saved_top = 0; /* the child does without */
      return;
    }
    self->saved = larger;
    self->saved_capacity = 2 * count;
  }
  for (at = top; at != self->base; at = mprt_at(at->caller))
    self->saved[self->saved_count++] = *at;
}

/* All of them count from zero, on whatever line they are. */
void mprt_frames_inherit(struct mprt_state *self) {
  if (self->saved_top)
    mprt_top_set(self, mprt_arena_base, mprt_at(self->saved_top));
  /* those of an earlier fork are no longer these calls' */
  size_t count = self->saved_top ? self->saved_count : 0;
  struct memprof_frame *top = self->top, *at = top;
  for (size_t i = 0; at != self->base; at = mprt_at(at->caller)) {
    if (i < count)
      *at = self->saved[i++];
    at->start_ns = MEMPROF_INHERITED;
    at->seen_hits = 0;
    at->base = at->high = at->live_at_enter = at->call_high = 0;
    at->allocs = at->frees = at->bytes = at->freed = 0;
  }
  self->inherited = top == self->base ? NULL : top;
  self->first = chunk_first(self, self->chunk);
  mprt_scopes_inherit(self);
}

void mprt_frames_forget(struct mprt_state *self) {
  mprt_scopes_forget(self);
  mprt_top_set(self, mprt_arena_base, self->base);
  self->inherited = NULL;
  struct memprof_frames *chunk = (struct memprof_frames *)self->base - 1;
  self->chunk = chunk;
  self->first = NULL;
  self->limit = frames_of(chunk) + chunk->count;
  self->slots = mprt_slots_of(chunk);
  self->next = self->base + 1;
}

/* Takes the first slot of the next block. */
MPRT_COLD static struct memprof_frame *chunk_ascend(struct mprt_state *self) {
  struct memprof_frames *chunk = self->chunk;
  struct memprof_frames *above =
      chunk->above ? mprt_frames_ready(mprt_at(chunk->above))
                   : mprt_frames_new(self->record, chunk, 2 * chunk->count);
  if (!above)
    return NULL;
  chunk_switch(self, above, frames_of(above) + 1);
  return frames_of(above);
}

/* ---- enter ---- */

/* A call of `context` from the top frame, in the slot that `enter` has taken.
 * The visit of its first line has not been looked at: nobody arrives at a line
 * so often. */
static inline void *frame_begin(struct mprt_state *self, unsigned char *arena,
                                struct memprof_frame *frame,
                                struct memprof_node *node, uintptr_t cfa) {
  struct memprof_thread *thread = self->record;
  struct mprt_slot *slot = mprt_slot_of(self, frame);
  int64_t live = thread->live;
  slot->events = slot->quiet = 0;
  frame->hits = memprof_node_hits(node);
  frame->line = 0;
  frame->node = mprt_ref(node);
  frame->caller = mprt_ref(self->top);
  frame->seen_line = 0;
  frame->seen_hits = UINT64_MAX;
  frame->live_at_enter = frame->call_high = live;
  frame->cfa = cfa;
  frame->allocs = thread->allocs;
  frame->frees = thread->frees;
  frame->bytes = thread->bytes;
  frame->freed = thread->freed;

  node->in_flight++;
  node->calls++;
  node->entry_stamp = mprt_stamp_still(thread, node->function);
  node->entry_live = live;
  /* whoever interrupts us before this sees the caller on top */
  atomic_signal_fence(memory_order_seq_cst);
  mprt_top_set(self, arena, frame);
  return frame;
}

/* Whether the latest call in this place was like this one, wherever it led. */
static inline bool slot_is_like(const struct mprt_slot *slot,
                                const struct memprof_frame *caller,
                                uint32_t line, uint32_t function) {
  return slot->function == function && slot->line == line &&
         slot->from == caller->node;
}

/* Most calls are not like the one before: where they lead is not worth noting
 * until one is. */
static inline void slot_note(struct mprt_slot *slot,
                             const struct memprof_frame *caller, uint32_t line,
                             uint32_t function) {
  slot->node = NULL;
  atomic_signal_fence(memory_order_seq_cst);
  slot->function = function;
  slot->line = line;
  slot->from = caller->node;
}

/* Where the call leads that is about to begin in this place. A handler that is
 * left by a jump must not leave half of it behind. */
static void slot_lead(struct mprt_slot *slot, const struct memprof_frame *frame,
                      const struct memprof_frame *caller, uint32_t line,
                      uint32_t function, memprof_ref context) {
  slot->node = NULL;
  atomic_signal_fence(memory_order_seq_cst);
  slot->events = slot->quiet = 0;
  slot->function = function;
  slot->line = line;
  slot->from = caller->node;
  slot->frame = mprt_ref(frame);
  atomic_signal_fence(memory_order_seq_cst);
  slot->node = mprt_at(context);
}

/* The next call like this one begins quickly: unless its beginning needs a
 * clock, or the time. */
static inline void slot_allow(struct mprt_state *self, struct mprt_slot *slot,
                              uint64_t epoch, struct memprof_frame *caller,
                              uint32_t function) {
  slot->epoch = epoch;
  slot->caller = caller;
  if (mprt_order_of(function) != MPRT_CLOCKED)
    slot->events = self->record->events;
}

static uint64_t epoch_now(void) {
  return atomic_load_explicit(&mprt_epoch, memory_order_relaxed);
}

/* The slot of the next call, taken; NULL when there is no memory. */
static struct memprof_frame *slot_take(struct mprt_state *self) {
  struct memprof_frame *frame = self->next;
  if (frame >= self->limit)
    return chunk_ascend(self);
  self->next = frame + 1;
  return frame;
}

struct memprof_frame *mprt_frames_push(struct mprt_state *self,
                                       memprof_ref context) {
  struct memprof_frame *caller = self->top;
  mprt_frame_visit(mprt_arena_base, caller, self->record->live);
  struct memprof_frame *frame = slot_take(self);
  if (!frame)
    return NULL;
  atomic_signal_fence(memory_order_seq_cst);
  mprt_slot_of(self, frame)->node = NULL;
  return frame_begin(self, mprt_arena_base, frame, mprt_at(context),
                     caller->cfa);
}

void mprt_frames_pop_above(struct mprt_state *self,
                           const struct memprof_frame *frame) {
  while (self->top != frame)
    frame_pop(self, self->top);
}

void mprt_frames_pop(struct mprt_state *self, struct memprof_frame *frame) {
  mprt_frames_pop_above(self, frame);
  frame_pop(self, frame);
}

/* Whatever there is to be made first. */
MPRT_COLD static void *enter_slow(uint32_t function, uintptr_t cfa) {
  if (!function)
    return dummy_frame();
  mprt_fork_called();
  struct mprt_state *self = mprt_stack_at(cfa, MPRT_CALL);
  if (!self)
    return mprt_thread_is_hidden() ? dummy_frame() : dropped_frame();
  struct memprof_frame *caller = mprt_frames_drop(self, cfa, true);
  uint64_t epoch = epoch_now();
  uint32_t line = mprt_frame_visit(mprt_arena_base, caller, self->record->live);
  memprof_ref context = mprt_context_find(self, caller->node, line, function);
  struct memprof_frame *frame = context ? slot_take(self) : NULL;
  if (!frame)
    return dropped_frame();
  atomic_signal_fence(memory_order_seq_cst);
  struct mprt_slot *slot = mprt_slot_of(self, frame);
  slot_lead(slot, frame, caller, line, function, context);
  frame_begin(self, mprt_arena_base, frame, slot->node, cfa);
  if (mprt_config.timeline) {
    mprt_timeline_begin(frame);
    self->first = frame;
    slot->node = NULL; /* the next one is timed too */
    return frame;
  }
  slot_allow(self, slot, epoch, caller, function);
  return frame;
}

/* From another line than the latest call in this place, of another function, or
 * after an event. */
static __attribute__((noinline)) void *enter_other(uint32_t function,
                                                   uintptr_t cfa) {
  struct mprt_state *self = mprt_self;
  unsigned char *arena = mprt_arena_base;
  struct memprof_frame *caller = self->top;
  if (MPRT_UNLIKELY(!function || caller->cfa <= cfa))
    return enter_slow(function, cfa);
  uint64_t epoch = epoch_now();
  uint32_t line = mprt_frame_visit(arena, caller, self->record->live);
  struct memprof_frame *frame = self->next;
  self->next = frame + 1;
  atomic_signal_fence(memory_order_seq_cst);
  struct mprt_slot *slot = mprt_slot_of(self, frame);
  bool is_like = slot_is_like(slot, caller, line, function);
  if (!is_like || !slot->node) {
    const struct mprt_transition *step =
        mprt_transition_near(self, caller->node, line, function);
    if (MPRT_UNLIKELY(!step)) {
      self->next = frame;
      return enter_slow(function, cfa);
    }
    if (!is_like) {
      slot_note(slot, caller, line, function);
      return frame_begin(self, arena, frame, mprt_in(arena, step->to), cfa);
    }
    slot_lead(slot, frame, caller, line, function, step->to);
  }
  frame_begin(self, arena, frame, slot->node, cfa);
  slot_allow(self, slot, epoch, caller, function);
  return frame;
}

/* Like the latest call in this place, and no event since: what the frame and
 * its context held then still stands in the image. The place is taken before
 * the slot is read: a signal handler's calls would write there. */
MPRT_EXPORT void *__memprofpass_enter(void *live) {
  uint32_t function = __atomic_load_n((uint32_t *)live, __ATOMIC_RELAXED);
  uintptr_t cfa = MPRT_CALLERS_STACK();
  struct mprt_state *self = mprt_self;
  if (MPRT_UNLIKELY(!self || cfa < self->low || self->next >= self->limit))
    return enter_slow(function, cfa);
  struct memprof_frame *frame = self->next;
  self->next = frame + 1;
  atomic_signal_fence(memory_order_seq_cst);
  struct mprt_slot *slot = mprt_slot_of(self, frame);
  struct memprof_thread *thread = self->record;
  struct memprof_frame *caller = slot->caller;
  if (slot->events != thread->events || slot->epoch != epoch_now() ||
      slot->function != function || caller != self->top || caller->cfa <= cfa ||
      caller->node != slot->from ||
      *(const volatile uint32_t *)&caller->line != slot->line) {
    self->next = frame;
    return enter_other(function, cfa);
  }
  mprt_frame_look(caller, slot->line, thread->live);
  struct memprof_node *node = slot->node;
  frame->line = 0;
  frame->seen_hits = UINT64_MAX;
  frame->cfa = cfa;
  node->in_flight++;
  node->calls++;
  atomic_signal_fence(memory_order_seq_cst);
  self->top = frame;
  atomic_signal_fence(memory_order_seq_cst);
  thread->top = slot->frame;
  return frame;
}

/* ---- exit ---- */

/* From another stack than the last event's, of a call that others above it have
 * not finished, or of nobody's. */
MPRT_COLD static void exit_slow(struct memprof_frame *frame, uintptr_t cfa) {
  if ((void *)frame == &dummy)
    return;
  struct mprt_state *self = mprt_stack_at(cfa, MPRT_EXIT);
  if (self && frames_heal(self, frame))
    frame_pop(self, frame);
}

/* Whether nothing was allocated or released during the call. */
static bool is_quiet(const struct memprof_thread *thread,
                     const struct memprof_frame *frame) {
  return thread->allocs == frame->allocs && thread->frees == frame->frees;
}

/* The next call like this one ends quickly, if it is quiet and needs no clock:
 * all metrics of such calls are 0, which is now the least of each, and the
 * caller's line says what it will say. */
static void slot_calm(struct mprt_state *self, struct memprof_frame *frame,
                      const struct memprof_frame *caller) {
  struct mprt_slot *slot = mprt_slot_of(self, frame);
  const struct memprof_node *above = mprt_at(caller->node);
  if (slot->events == self->record->events &&
      mprt_order_of(above->function) != MPRT_CLOCKED &&
      !mprt_budget_of(slot->function))
    slot->quiet = slot->events;
}

/* The quiet end of a call that changes no metric of its context, because others
 * ended like it. False when there is more to do. */
static inline bool pop_quietly(struct mprt_state *self,
                               struct memprof_frame *frame,
                               struct memprof_frame *caller) {
  unsigned char *arena = mprt_arena_base;
  const struct memprof_thread *thread = self->record;
  struct memprof_node *node = mprt_in(arena, frame->node);
  if (node->calls == node->in_flight || frame->call_high > thread->live ||
      (node->per_call[MEMPROF_CALL_allocs].min |
       node->per_call[MEMPROF_CALL_frees].min) ||
      mprt_budget_of(node->function))
    return false;
  if (caller->caller) {
    const struct memprof_node *context = mprt_in(arena, caller->node);
    memprof_ref found = memprof_node_lines(context)[caller->seen_line];
    if (!found)
      return false;
    struct memprof_line *line = mprt_in(arena, found);
    line->mem_usage = thread->live;
    line->stamp = mprt_stamp_still(thread, context->function);
    caller->seen_hits =
        ((const volatile uint64_t *)caller->hits)[caller->seen_line];
  }
  node->in_flight--;
  mprt_top_set(self, arena, caller);
  atomic_signal_fence(memory_order_seq_cst);
  self->next = frame;
  return true;
}

static __attribute__((noinline)) void exit_other(struct mprt_state *self,
                                                 struct memprof_frame *frame) {
  struct memprof_frame *caller = mprt_at(frame->caller);
  /* before the place is given back, where a handler's call may be next */
  if (is_quiet(self->record, frame) && frame != self->first) {
    if (mprt_slot_of(self, frame)->node)
      slot_calm(self, frame, caller);
    if (pop_quietly(self, frame, caller))
      return;
  }
  frame_pop(self, frame);
}

/* The quiet end of a call: its caller's line gets an event that changes no
 * number, not even a stamp. Recursion may have raised its hits. */
MPRT_EXPORT void __memprofpass_exit(void *opaque) {
  struct memprof_frame *frame = opaque;
  struct mprt_state *self = mprt_self;
  if (MPRT_UNLIKELY(!self || self->next != frame + 1)) {
    exit_slow(frame, (uintptr_t)__builtin_dwarf_cfa());
    return;
  }
  struct mprt_slot *slot = mprt_slot_of(self, frame);
  struct memprof_thread *thread = self->record;
  if (slot->quiet != thread->events || slot->epoch != epoch_now()) {
    exit_other(self, frame);
    return;
  }
  struct memprof_frame *caller = slot->caller;
  slot->node->in_flight--;
  caller->seen_hits =
      ((const volatile uint64_t *)caller->hits)[caller->seen_line];
  self->top = caller;
  atomic_signal_fence(memory_order_seq_cst);
  thread->top = frame->caller;
  atomic_signal_fence(memory_order_seq_cst);
  self->next = frame;
}

MPRT_EXPORT void __memprofpass_landed(void *opaque) {
  struct mprt_state *self = mprt_self;
  if (opaque == &dummy ||
      (self && self->next == (struct memprof_frame *)opaque + 1))
    return;
  self = mprt_stack_at((uintptr_t)__builtin_dwarf_cfa(), MPRT_EXIT);
  if (self)
    frames_heal(self, opaque);
}
