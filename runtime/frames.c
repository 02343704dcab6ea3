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
  mprt_drop(&mprt_header()->dropped_frames);
  return dummy_frame();
}

/* ---- Depth ---- */

static struct memprof_frame *frames_of(struct memprof_frames *chunk) {
  return (struct memprof_frame *)(chunk + 1);
}

/* The block that the frame lies in. */
static struct memprof_frames *chunk_of(struct mprt_state *self,
                                       const struct memprof_frame *frame) {
  struct memprof_frames *chunk = self->chunk;
  while (frame < frames_of(chunk))
    chunk = mprt_at(chunk->below);
  while (frame >= frames_of(chunk) + chunk->count)
    chunk = mprt_at(chunk->above);
  return self->chunk = chunk;
}

/* The frame before, if the block has one. */
static memprof_ref frame_before(struct mprt_state *self,
                                const struct memprof_frame *frame) {
  return frame == frames_of(chunk_of(self, frame)) ? 0 : mprt_ref(frame - 1);
}

/* The innermost call of the context from `frame` down; NULL: none. */
static struct memprof_frame *frame_of(struct memprof_frame *frame,
                                      memprof_ref node) {
  while (frame->node != node && frame->caller)
    frame = mprt_at(frame->caller);
  return frame->caller ? frame : NULL;
}

/* Recursion: a call shares its counters with one further out. Whose visit is
 * known has to be looked at before they change, and again when they have: what
 * the inner call counted on its lines began no visit there. */
static struct memprof_frame *outer_known(const struct mprt_state *self,
                                         struct memprof_frame *from,
                                         memprof_ref node) {
  struct memprof_frame *outer = frame_of(from, node);
  return outer && outer < self->fresh ? outer : NULL;
}
static void outer_look(struct mprt_state *self, memprof_ref node) {
  struct memprof_frame *outer = outer_known(self, self->top, node);
  if (outer)
    mprt_frame_visit(mprt_arena_base, outer, self->record->live);
}
static void outer_heal(struct mprt_state *self,
                       const struct memprof_frame *frame) {
  struct memprof_frame *outer =
      outer_known(self, mprt_at(frame->caller), frame->node);
  if (outer)
    outer->seen_hits =
        ((const volatile uint64_t *)outer->hits)[outer->seen_line];
}

/* Finishes the innermost call. */
static void frame_pop(struct mprt_state *self, struct memprof_frame *frame) {
  if (frame >= self->fresh)
    mprt_frames_fill(self);
  mprt_call_finish(self, frame);
  const struct memprof_node *node = mprt_at(frame->node);
  struct memprof_frame *caller = mprt_at(frame->caller);
  if (node->parent != caller->node) /* else no call further out is of it */
    outer_heal(self, frame);
  mprt_top_set(self, caller);
  frame->start_ns = 0;
  if (!frame->step)
    frame->caller = frame_before(self, frame);
  atomic_signal_fence(memory_order_seq_cst);
  frame->cfa = 0;
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
  /* slots of calls that never came to begin: a handler that was left by a jump
   * had interrupted them */
  for (struct memprof_frame *at = top + 1;
       at->cfa && at->cfa != MEMPROF_LAST_FRAME && is_below(at, cfa, is_call);
       at++) {
    at->caller = frame_before(self, at);
    at->cfa = 0;
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

/* ---- What a frame keeps for its events ---- */

/* The visit of a caller, as its callee's first event finds it. Where recursion
 * may have changed the counters since, it was looked at before: outer_look. */
static void caller_look(struct mprt_state *self,
                        const struct memprof_frame *frame,
                        struct memprof_frame *caller) {
  const struct memprof_node *context = mprt_at(caller->node);
  uint32_t line = memprof_call_line(mprt_at(frame->node), caller);
  bool is_fresh = caller >= self->fresh;
  if (is_fresh)
    caller->seen_hits = UINT64_MAX;
  if (is_fresh || context->in_flight < 2 ||
      frame_of(self->top, caller->node) == caller)
    mprt_frame_look(caller, MPRT_LIKELY(line < context->line_count) ? line : 0,
                    self->record->live);
}

/* What the thread has come to when a call begins. */
static void frame_fill(const struct memprof_thread *thread,
                       struct memprof_frame *frame) {
  frame->live_at_enter = frame->call_high = thread->live;
  frame->allocs = thread->allocs;
  frame->frees = thread->frees;
  frame->bytes = thread->bytes;
  frame->freed = thread->freed;
}

/* The calls of these frames began after the latest event, so what the thread
 * holds now it held then. */
void mprt_frames_fill(struct mprt_state *self) {
  struct memprof_frame *top = self->top, *at = top;
  if (at < self->fresh)
    return;
  top->seen_hits = UINT64_MAX; /* its first event looks */
  do {
    struct memprof_frame *caller = mprt_at(at->caller);
    frame_fill(self->record, at);
    caller_look(self, at, caller);
    at = caller;
  } while (at >= self->fresh);
  mprt_top_set(self, top);
}

void mprt_frames_save(struct mprt_state *self, bool is_shared) {
  mprt_frames_fill(self);
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
  mprt_top_set(self, self->saved_top ? mprt_at(self->saved_top) : self->top);
  /* those of an earlier fork are no longer these calls' */
  size_t count = self->saved_top ? self->saved_count : 0;
  struct memprof_frame *top = self->top, *at = top;
  for (size_t i = 0; at != self->base; at = mprt_at(at->caller)) {
    if (i < count)
      *at = self->saved[i++];
    at->start_ns = MEMPROF_INHERITED;
    at->step = 0;
    at->seen_hits = at->charge = 0;
    at->base = at->live_at_enter = at->call_high = 0;
    at->allocs = at->frees = at->bytes = at->freed = 0;
  }
  mprt_scopes_inherit(self);
}

void mprt_frames_forget(struct mprt_state *self) {
  mprt_scopes_forget(self);
  mprt_top_set(self, self->base);
}

void mprt_frames_clear(struct mprt_state *self) {
  struct memprof_frames *chunk = chunk_of(self, self->top);
  struct memprof_frame *at = self->top + 1;
  for (;;) {
    for (; at < frames_of(chunk) + chunk->count - 1; at++) {
      at->cfa = at->step = 0;
      at->caller = at == frames_of(chunk) ? 0 : mprt_ref(at - 1);
    }
    if (!chunk->above)
      return;
    chunk = mprt_at(chunk->above);
    at = frames_of(chunk);
  }
}

/* The first slot of the next block; NULL when there is no memory. */
MPRT_COLD static struct memprof_frame *chunk_ascend(struct mprt_state *self,
                                                    struct memprof_frames *at) {
  struct memprof_frames *above =
      at->above ? mprt_at(at->above)
                : mprt_frames_new(self->record, at, 2 * at->count);
  return above ? frames_of(above) : NULL;
}

/* The slot of the next call, taken; NULL when there is no memory. Right above
 * the top, or above those of calls that a signal handler has interrupted when
 * they had just taken theirs. */
static struct memprof_frame *slot_take(struct mprt_state *self, uintptr_t cfa) {
  struct memprof_frame *frame = self->top + 1;
  while (frame && frame->cfa) {
    if (frame->cfa == MEMPROF_LAST_FRAME)
      frame = chunk_ascend(self, chunk_of(self, frame));
    else
      frame++;
  }
  if (frame)
    frame->cfa = cfa;
  atomic_signal_fence(memory_order_seq_cst);
  return frame;
}

/* ---- enter ----
 *
 * A call without events is what most calls are: it needs its context, and a
 * count. The context is found in the caller's, at the line of the call. */

static uint64_t epoch_now(void) {
  return atomic_load_explicit(&mprt_epoch, memory_order_relaxed);
}

static memprof_ref *step_at(const struct memprof_node *from, uint32_t line,
                            uint32_t function) {
  return &memprof_node_steps(
      from)[(size_t)line * MEMPROF_STEPS + function % MEMPROF_STEPS];
}

/* A call of the context from the top frame, whose slot is right below. The place
 * is taken first: a signal handler's calls would write there. */
static inline void *frame_begin(struct mprt_state *self,
                                const struct memprof_thread *thread,
                                struct memprof_frame *frame, memprof_ref ref,
                                struct memprof_node *node, uint64_t stamp,
                                uintptr_t cfa, bool ends_shortly) {
  frame->cfa = cfa;
  atomic_signal_fence(memory_order_seq_cst);
  frame->line = 0;
  /* Stores are what a call costs: none that changes nothing. A handler that
   * leaves by a jump must not leave a step beside another context's fields. */
  if (!ends_shortly || frame->step != (uintptr_t)node) {
    frame->step = 0;
    atomic_signal_fence(memory_order_seq_cst);
    frame->hits = (uint64_t *)(uintptr_t)node->hits;
    frame->node = ref;
    atomic_signal_fence(memory_order_seq_cst);
    frame->step = ends_shortly ? (uintptr_t)node : 0;
  }
  node->in_flight++;
  node->calls++;
  if (node->entry_stamp != stamp) {
    node->entry_stamp = stamp;
    node->entry_live = thread->live;
  }
  /* whoever interrupts us before this sees the caller on top */
  atomic_signal_fence(memory_order_seq_cst);
  self->top = frame;
  return frame;
}

/* A call in a slot that has been taken, wherever that is, after all frames were
 * filled in and the caller's visit was looked at. The visit of its own first
 * line has not been: nobody arrives at a line so often. */
static void *frame_begin_filled(struct mprt_state *self,
                                struct memprof_frame *frame,
                                struct memprof_node *node) {
  const struct memprof_thread *thread = self->record;
  frame->step = 0;
  atomic_signal_fence(memory_order_seq_cst);
  frame->hits = memprof_node_hits(node);
  frame->line = 0;
  frame->node = mprt_ref(node);
  frame->caller = mprt_ref(self->top);
  frame->seen_line = 0;
  frame->seen_hits = UINT64_MAX;
  frame_fill(thread, frame);
  node->in_flight++;
  node->calls++;
  node->entry_stamp = mprt_stamp_still(thread, node->function);
  node->entry_live = thread->live;
  atomic_signal_fence(memory_order_seq_cst);
  mprt_top_set(self, frame);
  return frame;
}

struct memprof_frame *mprt_frames_push(struct mprt_state *self,
                                       memprof_ref context) {
  struct memprof_frame *caller = self->top;
  mprt_frames_fill(self);
  mprt_frame_visit(mprt_arena_base, caller, self->record->live);
  struct memprof_frame *frame = slot_take(self, caller->cfa);
  return frame ? frame_begin_filled(self, frame, mprt_at(context)) : NULL;
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
  mprt_frames_fill(self);
  uint32_t line = mprt_frame_visit(mprt_arena_base, caller, self->record->live);
  memprof_ref context = mprt_context_find(self, caller->node, line, function);
  struct memprof_frame *frame = context ? slot_take(self, cfa) : NULL;
  if (!frame)
    return dropped_frame();
  frame_begin_filled(self, frame, mprt_at(context));
  if (mprt_config.timeline)
    mprt_timeline_begin(frame);
  return frame;
}

/* Of another function than the latest call from its line; or not all of its calls
 * are alike. */
static __attribute__((noinline)) void *enter_other(uint32_t function,
                                                   uintptr_t cfa) {
  struct mprt_state *self = mprt_self;
  unsigned char *arena = mprt_arena_base;
  struct memprof_frame *caller = self->top, *frame = caller + 1;
  const struct memprof_thread *thread = self->record;
  const struct memprof_node *from = mprt_in(arena, caller->node);
  uint32_t line = *(const volatile uint32_t *)&caller->line;
  if (MPRT_UNLIKELY(!function || caller->cfa <= cfa || frame->cfa ||
                    line >= from->line_count || mprt_config.timeline))
    return enter_slow(function, cfa);
  memprof_ref *step = step_at(from, line, function), ref = *step;
  if (from->function == function)
    ref = caller->node;
  struct memprof_node *node = mprt_in(arena, ref);
  if (!ref || node->function != function) {
    ref = mprt_context_known(self, caller->node, line, function);
    if (!ref)
      return enter_slow(function, cfa);
    node = mprt_in(arena, ref);
    if (node->parent == caller->node)
      *step = ref;
  }
  bool is_recursion = node->in_flight || node->parent != caller->node;
  if (is_recursion)
    outer_look(self, ref);
  return frame_begin(self, thread, frame, ref, node,
                     mprt_stamp_still(thread, function), cfa, !is_recursion);
}

MPRT_EXPORT void *__memprofpass_enter(void *live) {
  uint32_t function = __atomic_load_n((uint32_t *)live, __ATOMIC_RELAXED);
  if (MPRT_UNLIKELY(!function)) /* others of its object are selected */
    return dummy_frame();
  uintptr_t cfa = MPRT_CALLERS_STACK();
  struct mprt_state *self = mprt_self;
  if (MPRT_UNLIKELY(!self || cfa < self->low))
    return enter_slow(function, cfa);
  unsigned char *arena = mprt_arena_base;
  const struct memprof_thread *thread = self->record;
  struct memprof_frame *caller = self->top, *frame = caller + 1;
  const struct memprof_node *from = mprt_in(arena, caller->node);
  uint32_t line = *(const volatile uint32_t *)&caller->line;
  if (MPRT_UNLIKELY(caller->cfa <= cfa || frame->cfa ||
                    line >= from->line_count))
    return enter_other(function, cfa);
  memprof_ref ref = *step_at(from, line, function);
  struct memprof_node *node = mprt_in(arena, ref); /* 0: the header */
  if (node->epoch != epoch_now() || node->function != function)
    return enter_other(function, cfa);
  return frame_begin(self, thread, frame, ref, node, thread->events, cfa, true);
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

/* A step that leads nowhere, 0, leads to the header, which has no epoch. */
_Static_assert(offsetof(struct memprof_node, epoch) ==
                   offsetof(struct memprof_header, unused),
               "what a node keeps there is 0 in a header");

/* From here on calls of the context begin the short way: ordinals will do. And
 * with a line to which they return, those without events end so, too: all their
 * metrics are 0, which is the least of each, nobody judges them, and they leave
 * live on that line. */
MPRT_COLD static void node_shorten(const struct mprt_state *self,
                                   struct memprof_node *node, uint64_t epoch,
                                   const struct memprof_node *above,
                                   const struct memprof_line *line) {
  if (self->has_folded || (mprt_order_of(node->function) & MPRT_MANY) ||
      (above && mprt_order_of(above->function) & MPRT_MANY))
    return;
  mprt_order_add(node->function, MPRT_RESTLESS);
  if (above)
    mprt_order_add(above->function, MPRT_RESTLESS);
  node->line = (uintptr_t)line;
  atomic_signal_fence(memory_order_seq_cst);
  node->epoch = epoch;
}

/* The end of a call without events, which changes no metric of its context,
 * because others ended like it. False, with nothing done, when there is more to
 * do. */
static bool pop_fresh(struct mprt_state *self, struct memprof_frame *frame) {
  uint64_t epoch = epoch_now();
  unsigned char *arena = mprt_arena_base;
  const struct memprof_thread *thread = self->record;
  struct memprof_node *node = mprt_in(arena, frame->node);
  struct memprof_frame *caller = mprt_in(arena, frame->caller);
  const struct memprof_node *above = NULL;
  struct memprof_line *line = &self->outside;
  if (node->calls == node->in_flight || mprt_budget_of(node->function) ||
      (node->per_call[MEMPROF_CALL_allocs].min |
       node->per_call[MEMPROF_CALL_frees].min))
    return false;
  if (caller->caller) {
    above = mprt_in(arena, caller->node);
    uint32_t index = memprof_call_line(node, caller);
    if (MPRT_UNLIKELY(index >= above->line_count))
      return false;
    memprof_ref found = memprof_node_lines(above)[index];
    if (!found)
      return false;
    line = mprt_in(arena, found);
    line->mem_usage = thread->live;
    line->stamp = mprt_stamp_still(thread, above->function);
  }
  if (frame->step)
    node_shorten(self, node, epoch, above, line);
  else
    outer_heal(self, frame);
  node->in_flight--;
  self->top = caller;
  atomic_signal_fence(memory_order_seq_cst);
  frame->cfa = 0;
  return true;
}

static void exit_shortening(struct mprt_state *self,
                            struct memprof_frame *frame);

/* The end of a call that had events. */
static inline __attribute__((always_inline)) void
exit_filled_or(struct mprt_state *self, struct memprof_frame *frame,
               bool shortens) {
  uint64_t epoch = epoch_now();
  unsigned char *arena = mprt_arena_base;
  struct memprof_thread *thread = self->record;
  struct memprof_node *node = mprt_in(arena, frame->node);
  struct memprof_frame *caller = mprt_in(arena, frame->caller);
  const struct memprof_node *above =
      caller->caller ? mprt_in(arena, caller->node) : NULL;
  if (MPRT_UNLIKELY(!frame->step || node->calls == node->in_flight ||
                    mprt_budget_of(node->function))) {
    frame_pop(self, frame);
    return;
  }
  if (shortens) {
    node_shorten(self, node, epoch, above, NULL);
  } else if (MPRT_UNLIKELY(node->epoch != epoch)) {
    exit_shortening(self, frame);
    return;
  }
  if (above) {
    memprof_ref found = memprof_node_lines(above)[caller->seen_line];
    if (MPRT_UNLIKELY(!found)) {
      frame_pop(self, frame);
      return;
    }
    mprt_call_return(thread, frame, caller, mprt_in(arena, found));
  } else if (frame->call_high > caller->call_high) {
    caller->call_high = frame->call_high;
  }
  uint64_t values[MEMPROF_CALL_METRIC_COUNT];
  mprt_call_measure(thread, frame, values);
  mprt_call_add(node, values);
  node->in_flight--;
  mprt_top_set(self, caller);
  atomic_signal_fence(memory_order_seq_cst);
  frame->cfa = 0;
}

static __attribute__((noinline)) void
exit_shortening(struct mprt_state *self, struct memprof_frame *frame) {
  exit_filled_or(self, frame, true);
}
static __attribute__((noinline)) void exit_filled(struct mprt_state *self,
                                                  struct memprof_frame *frame) {
  exit_filled_or(self, frame, false);
}

static __attribute__((noinline)) void exit_other(struct mprt_state *self,
                                                 struct memprof_frame *frame) {
  if (!pop_fresh(self, frame))
    frame_pop(self, frame);
}

MPRT_EXPORT void __memprofpass_exit(void *opaque) {
  struct memprof_frame *frame = opaque;
  struct mprt_state *self = mprt_self;
  if (MPRT_UNLIKELY(!self || self->top != frame)) {
    if ((void *)frame != &dummy)
      exit_slow(frame, (uintptr_t)__builtin_dwarf_cfa());
    return;
  }
  if (frame < self->fresh) {
    exit_filled(self, frame);
    return;
  }
  const struct memprof_thread *thread = self->record;
  struct memprof_node *node = (struct memprof_node *)(uintptr_t)frame->step;
  if (!node || !node->line || node->epoch != epoch_now()) {
    exit_other(self, frame);
    return;
  }
  struct memprof_line *line = (struct memprof_line *)(uintptr_t)node->line;
  if (line->stamp != thread->events) {
    line->stamp = thread->events;
    line->mem_usage = thread->live;
  }
  node->in_flight--;
  self->top = frame - 1;
  atomic_signal_fence(memory_order_seq_cst);
  frame->cfa = 0;
}

MPRT_EXPORT void __memprofpass_landed(void *opaque) {
  struct mprt_state *self = mprt_self;
  if (opaque == &dummy || (self && self->top == (struct memprof_frame *)opaque))
    return;
  self = mprt_stack_at((uintptr_t)__builtin_dwarf_cfa(), MPRT_EXIT);
  if (self)
    frames_heal(self, opaque);
}
