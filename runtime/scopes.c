/* scopes.c - memprof_begin and memprof_test_begin: blocks of code, and tests,
 * on the paths of calling contexts.
 *
 * In a marked call a scope goes in *above* that call: from
 *
 *     ... -> caller:line -> f        to    ... -> caller:line -> scope -> f
 *
 * so that what happens is charged to the lines of f as ever, and the scope's
 * numbers are those of its subtree. The call itself moves from the one context
 * to the other, and back at the end. Arrivals at lines stay with the first: the
 * call's code holds the address of their counters.
 *
 * Outside marked calls a scope is a call of its own; a test becomes the context
 * of the base frame, which counts nothing but passes on what marked calls do.
 */
#define MEMPROF_RUNTIME
#include "core.h"
#include "functions.h"
#include "memprof.h"
#include <errno.h>
#include <string.h>

/* One that has begun on this stack and not ended. */
struct mprt_scope {
  uint32_t flag;      /* MEMPROF_RECORD_TEST or _SCOPE */
  memprof_ref node;   /* its context, 0: it is not measured */
  memprof_ref frame;  /* the frame that was on top, or is its own */
  memprof_ref before; /* that frame's context, 0: the frame is its own */
  memprof_ref during; /* the frame's context until the end */
  bool is_inherited;  /* it began in the process that forked this one */
  /* what a frame keeps of a call, when it has none of its own */
  int64_t live, high;
  uint64_t allocs, frees, bytes, freed;
};

/* ---- Descriptors ---- */

/* The text of a descriptor: "suite.name", and where the scope begins. */
#define TEXT_MAX 1024

struct descriptor {
  struct memprof_abi_record record;
  struct memprof_abi_line line;
  struct memprof_abi_file file;
  char texts[2 * TEXT_MAX];
};

/* A longer text is cut. Returns the end. */
static char *append(char *to, const char *end, const char *text) {
  size_t length = strnlen(text, (size_t)(end - to) - 1);
  memcpy(to, text, length);
  to[length] = 0;
  return to + length;
}

static void describe(struct descriptor *made, uint32_t flag, const char *suite,
                     const char *name, const char *file, unsigned line) {
  memset(made, 0, sizeof *made);
  char *at = made->texts, *end = at + TEXT_MAX;
  if (suite && *suite)
    at = append(append(at, end, suite), end, ".");
  at = append(at, end, name ? name : "(unnamed)") + 1;
  uint32_t text = offsetof(struct descriptor, texts);
  made->record = (struct memprof_abi_record){
      .abi = MEMPROF_ABI_VERSION,
      .flags = flag,
      .name = text,
      .signature = text,
      .symbol = text,
      .line_count = 1,
      .lines = offsetof(struct descriptor, line),
  };
  made->line.line = line;
  if (file) {
    made->record.file_count = 1;
    made->record.files = offsetof(struct descriptor, file);
    made->file.name = (uint32_t)(at - (char *)made);
    at = append(at, at + TEXT_MAX, file) + 1;
  } else {
    made->record.flags |= MEMPROF_RECORD_NO_LINES;
  }
  made->record.size = (uint32_t)(at - (char *)made + 7) / 8 * 8;
}

static uint32_t function_of(uint32_t flag, const char *suite, const char *name,
                            const char *file, unsigned line) {
  struct descriptor made;
  describe(&made, flag, suite, name, file, line);
  if (!mprt_lock(&mprt_registry_lock))
    return 0;
  uint32_t id = mprt_function_id(&made.record, 0);
  mprt_unlock(&mprt_registry_lock);
  return id;
}

/* ---- Contexts ---- */

static uint32_t flags_of(memprof_ref node) {
  const struct memprof_function *function =
      mprt_registry_function(((struct memprof_node *)mprt_at(node))->function);
  return function ? memprof_function_record(function)->flags : 0;
}

/* A call in progress is of another context from here on. */
static void call_move(struct memprof_frame *frame, memprof_ref to) {
  memprof_ref from = frame->node;
  frame->step = frame->charge = 0;
  frame->node = to;
  if (frame->start_ns == MEMPROF_INHERITED)
    return; /* of no context's calls */
  struct memprof_node *old = mprt_at(from), *new = mprt_at(to);
  old->calls--;
  old->in_flight--;
  new->calls++;
  new->in_flight++;
  new->entry_stamp = old->entry_stamp;
  new->entry_live = old->entry_live;
}

/* What a reader needs to finish the test that runs in the base frame. */
static void base_show(struct mprt_state *self) {
  struct memprof_frame *base = self->base;
  base->start_ns = 0;
  for (size_t i = self->scope_count; i-- > 0;) {
    const struct mprt_scope *scope = &self->scopes[i];
    if (mprt_at(scope->frame) != base || !scope->node)
      continue;
    base->start_ns = scope->is_inherited ? MEMPROF_INHERITED : 0;
    base->live_at_enter = scope->live;
    base->allocs = scope->allocs;
    base->frees = scope->frees;
    base->bytes = scope->bytes;
    base->freed = scope->freed;
    return;
  }
}

/* Makes room on the path for the scope. Returns false when there is none. */
static bool scope_place(struct mprt_state *self, struct mprt_scope *scope,
                        uint32_t function) {
  struct memprof_frame *top = self->top;
  const struct memprof_node *node = mprt_at(top->node);
  bool is_call =
      top != self->base && !(flags_of(top->node) & MEMPROF_RECORD_SCOPE);
  if (is_call)
    scope->node =
        mprt_context_find(self, node->parent, node->parent_line, function);
  else
    scope->node = mprt_context_find(self, top->node, 0, function);
  if (!scope->node)
    return false;
  scope->before = top->node;
  if (is_call)
    scope->during = mprt_context_find(self, scope->node, 0, node->function);
  else if (scope->flag == MEMPROF_RECORD_TEST)
    scope->during = scope->node;
  else
    scope->before = 0; /* a call of its own */
  return !scope->before || scope->during;
}

static void scope_start(struct mprt_state *self, struct mprt_scope *scope) {
  const struct memprof_thread *thread = self->record;
  struct memprof_frame *top = self->top;
  struct memprof_node *node = mprt_at(scope->node);
  scope->live = thread->live;
  scope->high = top->call_high;
  scope->allocs = thread->allocs;
  scope->frees = thread->frees;
  scope->bytes = thread->bytes;
  scope->freed = thread->freed;
  node->calls++;
  node->in_flight++;
  node->entry_stamp = mprt_stamp_still(thread, node->function);
  node->entry_live = thread->live;
  top->call_high = thread->live;
  if (top == self->base)
    top->node = scope->during;
  else
    call_move(top, scope->during);
  scope->frame = mprt_ref(self->top);
}

static bool scope_begin(struct mprt_state *self, uint32_t flag,
                        uint32_t function) {
  void *array = self->scopes;
  struct mprt_scope scope = {.flag = flag};
  mprt_frames_fill(self);
  if (!function || !scope_place(self, &scope, function) ||
      !mprt_grow(&array, self->scope_count, &self->scope_capacity,
                 sizeof scope))
    return false;
  self->scopes = array;
  if (scope.before) {
    scope_start(self, &scope);
  } else {
    struct memprof_frame *frame = mprt_frames_push(self, scope.node);
    if (!frame)
      return false;
    scope.frame = mprt_ref(frame);
  }
  self->scopes[self->scope_count++] = scope;
  base_show(self);
  return true;
}

/* One that cannot be measured has an end like any other: which would else be
 * that of the scope around it. */
static void scope_skip(struct mprt_state *self, uint32_t flag) {
  void *array = self->scopes;
  memprof_ref node = self->top->node;
  if (!mprt_grow(&array, self->scope_count, &self->scope_capacity,
                 sizeof *self->scopes))
    return;
  self->scopes = array;
  self->scopes[self->scope_count++] =
      (struct mprt_scope){.flag = flag,
                          .frame = mprt_ref(self->top),
                          .before = node,
                          .during = node};
}

/* ---- Ends ---- */

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

/* A test in the base frame has its calls' high water there: calls.c. */
static void scope_finish(struct mprt_state *self, struct mprt_scope *scope) {
  struct memprof_frame *frame = mprt_at(scope->frame);
  if (!scope->node)
    return;
  if (!scope->is_inherited) {
    struct memprof_frame call = {
        .node = scope->node,
        .live_at_enter = scope->live,
        .call_high = frame->call_high,
        .allocs = scope->allocs,
        .frees = scope->frees,
        .bytes = scope->bytes,
        .freed = scope->freed,
    };
    const struct memprof_node *node = mprt_at(scope->node);
    mprt_call_count(self->record, &call);
    if (scope->flag == MEMPROF_RECORD_SCOPE) /* its one line has a table */
      mprt_line_mark(mprt_line_at(mprt_arena_base, &call, 0),
                     call.call_high - call.live_at_enter, self->record->live,
                     mprt_stamp_still(self->record, node->function));
  }
  frame->call_high = larger(frame->call_high, scope->high);
  if (frame == self->base) {
    frame->node = scope->before;
    base_show(self);
  } else {
    call_move(frame, scope->before);
  }
}

/* Whether the frame that was on top when it began still is, or could be again.
 * A frame that was taken by another call since has another context. */
static bool scope_stands(const struct mprt_state *self,
                         const struct mprt_scope *scope) {
  const struct memprof_frame *frame = mprt_at(scope->frame), *at = self->top;
  while (at != frame && at != self->base)
    at = mprt_at(at->caller);
  return at == frame &&
         frame->node == (scope->before ? scope->during : scope->node);
}

MPRT_COLD static void say_left(void) {
  static _Atomic bool said;
  if (!atomic_exchange(&said, true))
    mprt_message("a function that called memprof_begin returned, or was left, "
                 "without memprof_end: that scope has no end");
}

/* Calls that ended without the scopes in them. */
static void scopes_drop_left(struct mprt_state *self) {
  while (self->scope_count &&
         !scope_stands(self, &self->scopes[self->scope_count - 1])) {
    self->scope_count--;
    say_left();
  }
}

/* The innermost one; after the calls in it that nobody saw end. */
static void scope_end_last(struct mprt_state *self) {
  struct mprt_scope *scope = &self->scopes[--self->scope_count];
  mprt_frames_pop_above(self, mprt_at(scope->frame));
  if (scope->before)
    scope_finish(self, scope);
  else
    mprt_frames_pop(self, mprt_at(scope->frame));
}

/* Ends the innermost one of the kind; for a test those within it, too. */
static bool scope_end(struct mprt_state *self, uint32_t flag) {
  scopes_drop_left(self);
  size_t count = self->scope_count;
  while (count && self->scopes[count - 1].flag != flag)
    count--;
  if (!count || (flag == MEMPROF_RECORD_SCOPE && count != self->scope_count))
    return false;
  struct mprt_scope *scope = &self->scopes[count - 1];
  if (flag == MEMPROF_RECORD_SCOPE && scope->frame != mprt_ref(self->top))
    return false;
  /* a failed assertion may have left calls by a longjmp that nobody saw */
  while (self->scope_count >= count)
    scope_end_last(self);
  return true;
}

void mprt_scopes_finish(struct mprt_state *self) {
  scopes_drop_left(self);
  while (self->scope_count)
    scope_end_last(self);
}

void mprt_scopes_inherit(struct mprt_state *self) {
  for (size_t i = 0; i < self->scope_count; i++) {
    self->scopes[i].is_inherited = true;
    self->scopes[i].high = 0;
  }
  self->base->call_high = 0;
  base_show(self);
}

void mprt_scopes_forget(struct mprt_state *self) {
  self->scope_count = 0;
  self->base->node = self->record->root;
  base_show(self);
}

memprof_ref mprt_test_now(const struct mprt_state *self) {
  for (size_t i = self ? self->scope_count : 0; i-- > 0;)
    if (self->scopes[i].flag == MEMPROF_RECORD_TEST && self->scopes[i].node)
      return self->scopes[i].node;
  return 0;
}

/* ---- memprof.h ---- */

/* This stack's state, for one that begins (made if need be) or ends; calls that
 * are over are finished. NULL when nothing is to be measured. */
static struct mprt_state *state_here(uintptr_t cfa, enum mprt_seeker seeker) {
  mprt_fork_arm();
  if (!mprt_is_awake())
    return NULL;
  if (seeker == MPRT_CALL)
    mprt_fork_called();
  struct mprt_state *self = mprt_stack_at(cfa, seeker);
  if (self)
    mprt_frames_drop(self, cfa, false);
  return self;
}

static void begin(uint32_t flag, const char *suite, const char *name,
                  const char *file, unsigned line, uintptr_t cfa) {
  static _Atomic bool said;
  int kept = errno;
  bool is_active = mprt_registry_is_active();
  struct mprt_state *self = state_here(cfa, is_active ? MPRT_CALL : MPRT_EXIT);
  if (self) {
    scopes_drop_left(self);
    bool is_measured =
        is_active &&
        scope_begin(self, flag, function_of(flag, suite, name, file, line));
    if (!is_measured)
      scope_skip(self, flag);
    if (is_active && !is_measured && !atomic_exchange(&said, true))
      mprt_message("no memory for the numbers of '%s', and of what follows",
                   name);
  }
  errno = kept;
}

static void end(uint32_t flag, const char *what, uintptr_t cfa) {
  static _Atomic bool said;
  int kept = errno;
  struct mprt_state *self = state_here(cfa, MPRT_EXIT);
  if (self && !scope_end(self, flag) && mprt_registry_is_active() &&
      !atomic_exchange(&said, true))
    mprt_message("%s_end without %s_begin before it in the same call", what,
                 what);
  errno = kept;
}

MPRT_EXPORT void memprof_begin_at(const char *name, const char *file,
                                  unsigned line) {
  begin(MEMPROF_RECORD_SCOPE, NULL, name, file, line, MPRT_CALLERS_STACK());
}

/* For who has no header: dlsym, other languages. */
MPRT_EXPORT void memprof_begin(const char *name) {
  begin(MEMPROF_RECORD_SCOPE, NULL, name, NULL, 0, MPRT_CALLERS_STACK());
}

MPRT_EXPORT void memprof_end(void) {
  end(MEMPROF_RECORD_SCOPE, "memprof", MPRT_CALLERS_STACK());
}

MPRT_EXPORT void memprof_test_begin(const char *suite, const char *name) {
  begin(MEMPROF_RECORD_TEST, suite, name, NULL, 0, MPRT_CALLERS_STACK());
}

MPRT_EXPORT void memprof_test_end(void) {
  end(MEMPROF_RECORD_TEST, "memprof_test", MPRT_CALLERS_STACK());
}
