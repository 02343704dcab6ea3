/* frames.c - enter, exit and landed: a thread's shadow stack.
 *
 * Frames lie in blocks of the image, never on the machine stack: what a longjmp
 * abandoned there would be overwritten. A block's end is crossed by linking
 * another one, so that no frame ever moves. Exit assigns the depth: calls whose
 * exit was lost are finished by the exit of any call below them.
 */
#include "runtime.h"

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

static struct memprof_frame *top_of(const struct mprt_state *self) {
  return mprt_at(self->record->top);
}

/* The block that holds the frame becomes the current one. */
static void chunk_descend(struct mprt_state *self,
                          const struct memprof_frame *frame) {
  struct memprof_frames *chunk = self->chunk;
  while (frame < frames_of(chunk) || frame >= frames_of(chunk) + chunk->count)
    chunk = mprt_at(chunk->below);
  self->chunk = chunk;
  self->limit = frames_of(chunk) + chunk->count;
}

/* Finishes the innermost call. */
static void frame_pop(struct mprt_state *self, struct memprof_frame *frame) {
  mprt_account_finish_call(self->record, frame);
  self->record->top = frame->caller;
  atomic_signal_fence(memory_order_seq_cst);
  if (MPRT_UNLIKELY(self->next != frame + 1))
    chunk_descend(self, frame);
  self->next = frame;
}

/* Whether the call of this frame is still open on this thread. */
static bool is_open(const struct mprt_state *self,
                    const struct memprof_frame *frame) {
  const struct memprof_frame *at = top_of(self);
  while (at != self->base && at != frame)
    at = mprt_at(at->caller);
  return at == frame && at != self->base;
}

/* Finishes the calls above `frame`. False when it is none of ours: a dummy, or
 * a frame that was finished before. */
MPRT_COLD static bool frames_heal(struct mprt_state *self,
                                  const struct memprof_frame *frame) {
  if ((const void *)frame == &dummy || !is_open(self, frame))
    return false;
  while (top_of(self) != frame)
    frame_pop(self, top_of(self));
  return true;
}

MPRT_COLD struct memprof_frame *mprt_frames_drop(struct mprt_state *self,
                                                 uintptr_t cfa, bool is_call) {
  struct memprof_frame *top = top_of(self);
  if (!mprt_stack_holds(self, cfa))
    return top; /* another stack: no order between the two */
  while (top != self->base && mprt_stack_holds(self, (uintptr_t)top->cfa) &&
         (top->cfa < cfa || (is_call && top->cfa == cfa))) {
    frame_pop(self, top);
    top = top_of(self);
  }
  return top;
}

void mprt_frames_finish(struct mprt_state *self) {
  while (top_of(self) != self->base)
    frame_pop(self, top_of(self));
}

/* The first slot of the next block. */
MPRT_COLD static struct memprof_frame *chunk_ascend(struct mprt_state *self) {
  struct memprof_frames *chunk = self->chunk;
  struct memprof_frames *above =
      chunk->above ? mprt_at(chunk->above)
                   : mprt_frames_new(self->record, chunk, 2 * chunk->count);
  if (!above)
    return NULL;
  self->chunk = above;
  self->limit = frames_of(above) + above->count;
  self->next = frames_of(above);
  return self->next;
}

/* ---- Hooks ---- */

MPRT_EXPORT void *__memprofpass_enter(void *live) {
  uint32_t function = __atomic_load_n((uint32_t *)live, __ATOMIC_RELAXED);
  uintptr_t cfa = (uintptr_t)__builtin_dwarf_cfa();
  if (MPRT_UNLIKELY(!function))
    return dummy_frame();
  struct mprt_state *self = mprt_self;
  if (MPRT_UNLIKELY(!self) && !(self = mprt_attach()))
    return dropped_frame();
  struct memprof_thread *thread = self->record;
  struct memprof_frame *caller = top_of(self);
  if (MPRT_UNLIKELY(caller->cfa <= cfa))
    caller = mprt_frames_drop(self, cfa, true);

  int64_t live_now = thread->live;
  uint32_t line = mprt_frame_line(caller);
  mprt_frame_visit(caller, line, live_now);
  memprof_ref context = mprt_context(self, caller->node, line, function);
  struct memprof_frame *frame = self->next;
  if (MPRT_UNLIKELY(!context ||
                    (frame == self->limit && !(frame = chunk_ascend(self)))))
    return dropped_frame();
  self->next = frame + 1;
  atomic_signal_fence(memory_order_seq_cst);

  struct memprof_node *node = mprt_at(context);
  frame->hits = memprof_node_hits(node);
  frame->line = 0;
  frame->node = context;
  frame->caller = mprt_ref(caller);
  frame->seen_line = 0;
  frame->seen_hits = 0; /* hits[0] stays 0 */
  frame->caller_hits = caller->seen_hits;
  frame->base = frame->high = live_now;
  frame->live_at_enter = frame->call_high = live_now;
  frame->cfa = cfa;
  frame->allocs = thread->allocs;
  frame->frees = thread->frees;
  frame->bytes = thread->bytes;
  frame->freed = thread->freed;

  node->calls++;
  node->in_flight++;
  node->entry_stamp = mprt_account_stamp(thread);
  node->entry_live = live_now;
  atomic_signal_fence(memory_order_seq_cst);
  thread->top = mprt_ref(frame);
  return frame;
}

MPRT_EXPORT void __memprofpass_exit(void *opaque) {
  struct memprof_frame *frame = opaque;
  struct mprt_state *self = mprt_self;
  if (MPRT_UNLIKELY(!self))
    return;
  if (MPRT_UNLIKELY(self->next != frame + 1) && !frames_heal(self, frame))
    return;
  frame_pop(self, frame);
}

MPRT_EXPORT void __memprofpass_landed(void *opaque) {
  struct mprt_state *self = mprt_self;
  if (self && self->next != (struct memprof_frame *)opaque + 1)
    frames_heal(self, opaque);
}
