/* contexts.c - the calling-context tree of a thread: marked functions only,
 * each at its innermost activation.
 *
 * A call takes the thread from one node to another; that step is remembered in
 * a hash table, which serves as the index of each node's children too. The
 * rest of this file runs once per distinct step:
 *
 *     root -> a -> b   calls c   =>   root -> a -> b -> c
 *     root -> a -> b   calls a   =>   root -> b -> a     (a's earlier place
 * goes)
 */
#include "core.h"
#include <string.h>

/* A thread that has seen half as many steps forgets them and starts again. */
#define TRANSITIONS_MAX (1u << 20)
#define TRANSITIONS_FIRST 128u

static struct memprof_node *node_at(memprof_ref ref) { return mprt_at(ref); }

/* ---- The table of steps ---- */

/* One step of the calling-context tree, remembered: a call of `function` from
 * `line` of context `from` leads to context `to`. */
struct mprt_transition {
  memprof_ref from; /* 0: an empty entry */
  uint32_t line;
  uint32_t function;
  memprof_ref to;
};

/* Where the step stands if nothing stood in its way. */
static struct mprt_transition *transition_home(const struct mprt_state *self,
                                               memprof_ref from, uint32_t line,
                                               uint32_t function) {
  uint64_t key = (uint64_t)from << 32 | line;
  key = (key ^ (uint64_t)function << 20) * UINT64_C(0x9e3779b97f4a7c15);
  key = (key ^ key >> 32) * UINT64_C(0x9e3779b97f4a7c15);
  return &self->transitions[(uint32_t)(key >> 40) & self->transitions_mask];
}

static bool transition_is(const struct mprt_transition *step, memprof_ref from,
                          uint32_t line, uint32_t function) {
  return step->from == from && step->line == line && step->function == function;
}

static struct mprt_transition *transition_slot(const struct mprt_state *self,
                                               memprof_ref from, uint32_t line,
                                               uint32_t function) {
  const struct mprt_transition *end =
      self->transitions + self->transitions_mask + 1;
  struct mprt_transition *step = transition_home(self, from, line, function);
  while (step->from && !transition_is(step, from, line, function))
    if (++step == end)
      step = self->transitions;
  return step;
}

/* `from` goes last and is cleared first: a signal handler that looks in between
 * sees an empty entry. */
static void transition_set(struct mprt_transition *t, memprof_ref from,
                           uint32_t line, uint32_t function, memprof_ref to) {
  t->from = 0;
  atomic_signal_fence(memory_order_seq_cst);
  t->line = line;
  t->function = function;
  t->to = to;
  atomic_signal_fence(memory_order_seq_cst);
  t->from = from;
}

static bool transitions_full(const struct mprt_state *self) {
  return self->transitions_used >= (self->transitions_mask + 1) / 2;
}

/* Twice the table. The old one stays mapped: whom we interrupted may be reading
 * it. */
static bool transitions_grow(struct mprt_state *self) {
  uint32_t entries =
      self->transitions ? 2 * (self->transitions_mask + 1) : TRANSITIONS_FIRST;
  if (entries > TRANSITIONS_MAX)
    return false;
  struct mprt_state larger = *self;
  larger.transitions =
      mprt_pages_of_process(entries * sizeof *larger.transitions);
  larger.transitions_mask = entries - 1;
  if (!larger.transitions)
    return false;
  for (uint32_t i = 0; self->transitions && i <= self->transitions_mask; i++) {
    const struct mprt_transition *t = &self->transitions[i];
    if (t->from)
      *transition_slot(&larger, t->from, t->line, t->function) = *t;
  }
  self->transitions = larger.transitions;
  atomic_signal_fence(memory_order_seq_cst); /* never a mask too large */
  self->transitions_mask = larger.transitions_mask;
  return true;
}

static void transition_remember(struct mprt_state *self, memprof_ref from,
                                uint32_t line, uint32_t function,
                                memprof_ref to) {
  if (transitions_full(self) && !transitions_grow(self)) {
    memset(self->transitions, 0,
           (self->transitions_mask + (size_t)1) * sizeof *self->transitions);
    self->transitions_used = 0;
    self->transitions_forgot = true;
  }
  transition_set(transition_slot(self, from, line, function), from, line,
                 function, to);
  self->transitions_used++;
}

/* ---- Nodes ---- */

struct birth {
  memprof_ref thread, parent;
  uint32_t parent_line, function, line_count;
};

static void fill_node(void *record, const void *context) {
  struct memprof_node *node = record;
  const struct birth *birth = context;
  node->thread = birth->thread;
  node->parent = birth->parent;
  node->parent_line = birth->parent_line;
  node->function = birth->function;
  node->line_count = birth->line_count;
  node->hits = (uintptr_t)memprof_node_hits(node);
}

memprof_ref mprt_context_new(struct mprt_state *self, memprof_ref parent,
                             uint32_t parent_line, uint32_t function) {
  if (!self->transitions && !transitions_grow(self))
    return 0;
  const struct memprof_function *known = mprt_registry_function(function);
  uint32_t lines = known ? memprof_function_record(known)->line_count : 1;
  struct birth birth = {mprt_ref(self->record), parent, parent_line, function,
                        lines};
  struct memprof_node *node = mprt_arena_alloc(
      MEMPROF_KIND_NODE, (size_t)memprof_node_bytes(lines), fill_node, &birth);
  if (!node)
    return 0;
  memprof_ref ref = mprt_ref(node);
  mprt_order_join(function, birth.thread);
  if (parent) {
    node->sibling = node_at(parent)->child;
    __atomic_store_n(&node_at(parent)->child, ref, __ATOMIC_RELEASE);
  }
  return ref;
}

/* Where the table forgot, the list of children still knows. */
static memprof_ref child_search(memprof_ref parent, uint32_t line,
                                uint32_t function) {
  memprof_ref ref = node_at(parent)->child;
  while (ref && (node_at(ref)->parent_line != line ||
                 node_at(ref)->function != function))
    ref = node_at(ref)->sibling;
  return ref;
}

static memprof_ref context_root(const struct mprt_state *self) {
  return self->base->node;
}

/* The child of `parent` for a function that is not on its path. */
static memprof_ref child_find(struct mprt_state *self, memprof_ref parent,
                              uint32_t line, uint32_t function) {
  const struct mprt_transition *t =
      transition_slot(self, parent, line, function);
  if (t->from)
    return t->to;
  memprof_ref child = 0;
  if (self->transitions_forgot)
    child = child_search(parent, line, function);
  memprof_ref root = context_root(self);
  if (!child && (parent == root || mprt_most_take(MEMPROF_MOST_contexts)))
    child = mprt_context_new(self, parent, line, function);
  if (!child && parent != root) {
    mprt_drop(&mprt_header()->dropped_contexts);
    if (!self->has_folded) {
      self->has_folded = true;
      mprt_epoch_next();
    }
    child = child_find(self, root, 0, function);
  }
  if (child)
    transition_remember(self, parent, line, function, child);
  return child;
}

/* The context `from` without its node `gone`: the nodes below it hang on its
 * parent, the first of them at its line. */
static memprof_ref context_without(struct mprt_state *self, memprof_ref from,
                                   memprof_ref gone) {
  memprof_ref batch[64]; /* the guest's stack may be small */
  const unsigned batch_size = sizeof batch / sizeof *batch;
  memprof_ref at = node_at(gone)->parent, done = gone;
  while (at && done != from) {
    unsigned count = 0;
    for (memprof_ref n = from; n != done; n = node_at(n)->parent)
      batch[count++ % batch_size] = n;
    unsigned left = count < batch_size ? count : batch_size;
    for (; at && left; left--) {
      const struct memprof_node *node = node_at(batch[--count % batch_size]);
      uint32_t line =
          node->parent == gone ? node_at(gone)->parent_line : node->parent_line;
      at = child_find(self, at, line, node->function);
      done = mprt_ref(node);
    }
  }
  return at;
}

memprof_ref mprt_context_known(const struct mprt_state *self, memprof_ref from,
                               uint32_t line, uint32_t function) {
  return transition_slot(self, from, line, function)->to;
}

MPRT_COLD memprof_ref mprt_context_find(struct mprt_state *self,
                                        memprof_ref from, uint32_t line,
                                        uint32_t function) {
  struct mprt_transition *t = transition_slot(self, from, line, function);
  if (t->from)
    return t->to;
  memprof_ref twin = from;
  while (twin && node_at(twin)->function != function)
    twin = node_at(twin)->parent;
  if (!twin)
    return child_find(self, from, line, function);
  memprof_ref to;
  if (twin == from) {
    to = from;
  } else {
    to = context_without(self, from, twin);
    if (to)
      to = child_find(self, to, line, function);
  }
  if (to)
    transition_remember(self, from, line, function, to);
  return to;
}
