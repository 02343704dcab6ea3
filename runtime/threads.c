/* threads.c - a thread's state: made at its first marked call, given back at its
 * end, adopted by the next new thread with all its counters. With the option
 * `threads` it is adopted only when no other can be made. */
#include "process.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Whoever calls back and forth across the end of a block fills in all frames
 * below each time, so that must be further up than most calls go. */
#define FIRST_FRAMES 128
#define SMALLEST_STACK 16384 /* PTHREAD_STACK_MIN, which may be a call */

_Thread_local struct mprt_state *mprt_self
    __attribute__((tls_model("initial-exec")));

/* Attaching runs code that may come back to us (a signal handler, a calloc for
 * the key); a thread past its end stays detached. */
static _Thread_local enum {
  DETACHED,
  ATTACHING,
  ATTACHED,
  ENDED
} phase __attribute__((tls_model("initial-exec")));
static _Thread_local unsigned end_rounds
    __attribute__((tls_model("initial-exec")));
static _Thread_local struct mprt_state *own
    __attribute__((tls_model("initial-exec")));

/* While another process runs on this thread. */
static _Thread_local struct mprt_state *hidden
    __attribute__((tls_model("initial-exec")));
static _Thread_local bool is_hidden __attribute__((tls_model("initial-exec")));
/* memprof_pause without memprof_resume so far. */
static _Thread_local unsigned pauses __attribute__((tls_model("initial-exec")));
static _Thread_local struct mprt_state *paused
    __attribute__((tls_model("initial-exec")));

static pthread_key_t key;
static bool has_key;
static _Atomic uint32_t free_lock;
static struct mprt_state *free_states;
static struct mprt_state *_Atomic made_states; /* all, through next_made */

struct memprof_thread *mprt_thread(void) {
  return mprt_self ? mprt_self->record : NULL;
}

/* ---- Records ---- */

struct frames_birth {
  memprof_ref thread, below;
  uint32_t count;
};

static void fill_frames(void *record, const void *context) {
  struct memprof_frames *frames = record;
  const struct frames_birth *birth = context;
  frames->thread = birth->thread;
  frames->below = birth->below;
  frames->count = birth->count;
  struct memprof_frame *frame = (struct memprof_frame *)(frames + 1);
  for (uint32_t i = 1; i < birth->count; i++)
    frame[i].caller = mprt_ref(&frame[i - 1]);
  frame[birth->count - 1].cfa = MEMPROF_LAST_FRAME;
}

struct memprof_frames *mprt_frames_new(struct memprof_thread *thread,
                                       struct memprof_frames *below,
                                       uint32_t count) {
  const uint32_t largest = 1 << 13;
  struct frames_birth birth = {mprt_ref(thread), below ? mprt_ref(below) : 0,
                               count < largest ? count : largest};
  struct memprof_frames *frames = mprt_arena_alloc(
      MEMPROF_KIND_FRAMES,
      sizeof *frames + birth.count * sizeof(struct memprof_frame), fill_frames,
      &birth);
  if (frames && below)
    below->above = mprt_ref(frames);
  return frames;
}

/* The base frame has the root context, one line, and an address above all
 * others of its stack, so that no event drops it. */
static bool state_fill(struct mprt_state *self) {
  struct memprof_thread *thread =
      mprt_arena_alloc(MEMPROF_KIND_THREAD, sizeof *thread, NULL, NULL);
  self->record = thread;
  struct memprof_frames *frames =
      thread ? mprt_frames_new(thread, NULL, FIRST_FRAMES) : NULL;
  memprof_ref root = frames ? mprt_context_new(self, 0, 0, 0) : 0;
  if (!root || !mprt_line_of_root(mprt_at(root)))
    return false;
  self->owner = mprt_ref(thread);
  struct memprof_frame *base = (struct memprof_frame *)(frames + 1);
  base->hits = memprof_node_hits(mprt_at(root));
  base->node = root;
  self->base = base;
  self->chunk = frames;
  thread->root = root;
  thread->base = mprt_ref(base);
  mprt_top_set(self, base);
  return true;
}

static struct mprt_state *state_adopt(void) {
  if (!mprt_lock(&free_lock))
    return NULL;
  struct mprt_state *self = free_states;
  if (self)
    free_states = self->next_free;
  mprt_unlock(&free_lock);
  return self;
}

/* A signal handler that interrupted the making of a record cannot make its own:
 * what it got so far is for the next one. */
static struct mprt_state *state_new(void) {
  static struct mprt_state *_Atomic spare;
  struct mprt_state *self = atomic_exchange(&spare, NULL);
  if (!self && mprt_most_take(MEMPROF_MOST_threads))
    self = mprt_pages(sizeof *self);
  if (!self)
    return NULL;
  if (!state_fill(self)) {
    atomic_store(&spare, self);
    return NULL;
  }
  self->next_made = made_states;
  while (!atomic_compare_exchange_weak(&made_states, &self->next_made, self))
    ;
  return self;
}

void mprt_state_bound(struct mprt_state *self, uintptr_t low, uintptr_t high) {
  self->low = UINTPTR_MAX;
  atomic_signal_fence(memory_order_seq_cst);
  self->base->cfa = high;
  atomic_signal_fence(memory_order_seq_cst);
  self->low = low;
}

struct mprt_state *mprt_state_take(uintptr_t low, uintptr_t high,
                                   bool is_fibre) {
  struct mprt_state *self = mprt_config.threads ? state_new() : state_adopt();
  if (!self)
    self = mprt_config.threads ? state_adopt() : state_new();
  if (!self)
    return NULL;
  self->record->tid = (uint32_t)syscall(SYS_gettid);
  self->record->threads++;
  self->record->live = 0; /* what a stack before it left is not its own */
  self->record->events++;
  __atomic_store_n(&self->record->owned, 1, __ATOMIC_RELEASE);
  self->is_fibre = is_fibre;
  mprt_state_bound(self, low, high);
  return self;
}

void mprt_state_release(struct mprt_state *self) {
  mprt_scopes_finish(self);
  mprt_frames_finish(self);
  mprt_state_bound(self, UINTPTR_MAX, 0);
  self->is_fibre = false;
  __atomic_store_n(&self->record->owned, 0, __ATOMIC_RELEASE);
  self->latest = NULL; /* whoever adopts the record did not allocate it */
  self->wrapper = 0;
  if (mprt_lock(&free_lock)) {
    self->next_free = free_states;
    free_states = self;
    mprt_unlock(&free_lock);
  }
}

/* ---- The thread's own stack ---- */

static _Thread_local struct {
  uintptr_t low, high; /* 0 before they are asked for */
  uintptr_t inner;     /* end of the stacks within it; 0: there were none */
  bool is_first;       /* the process's, which grows */
  bool was_searched;   /* the kernel was asked for `low` */
} bounds __attribute__((tls_model("initial-exec")));

/* The heaps of glibc's threads lie at multiples of this, each after what the one
 * below has not used yet: no guard page. */
#define HEAP_SIZE ((uintptr_t)64 << 20)

/* Reads with a small buffer: we may stand on a small stack. */
bool mprt_mapping_find(uintptr_t address, struct mprt_mapping *mapping) {
  char buffer[256];
  int kept = errno;
  int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  uintptr_t at[2] = {0, 0}, guarded = 0; /* guarded: end of the last guard */
  unsigned field = 0; /* 0, 1: the line's numbers; 2, 3: its "rwxp" */
  bool is_found = false, is_readable = false;
  ssize_t length;
  while (file >= 0 && !is_found &&
         (length = read(file, buffer, sizeof buffer)) > 0)
    for (ssize_t i = 0; i < length && !is_found; i++) {
      char c = buffer[i];
      if (c == '\n') {
        field = 0;
        at[0] = at[1] = 0;
      } else if (field < 2) {
        if (c == '-' || c == ' ')
          field++;
        else
          at[field] =
              at[field] * 16 + (uintptr_t)(c <= '9' ? c - '0' : c - 'a' + 10);
      } else if (field == 2) {
        field++;
        is_readable = c == 'r';
      } else if (field == 3) {
        field++;
        is_found = at[0] <= address && address < at[1];
        if (is_found)
          *mapping = (struct mprt_mapping){
              at[0], at[1], guarded == at[0] && at[0] % HEAP_SIZE != 0};
        if (!is_readable && c != 'w')
          guarded = at[1];
      }
    }
  if (file >= 0)
    close(file);
  errno = kept;
  return is_found;
}

/* Of glibc; elsewhere the first stack ends below what the kernel put there. */
extern void *__libc_stack_end __attribute__((weak));

static uintptr_t end_of_first(void) {
  return &__libc_stack_end ? (uintptr_t)__libc_stack_end
                           : (uintptr_t)getauxval(AT_EXECFN);
}

/* The kernel keeps at least a gap free below the first stack. Without a limit it
 * grows as far as it grows. */
static void bounds_of_first(uintptr_t address) {
  const rlim_t gap = (rlim_t)128 << 20;
  struct mprt_mapping stack;
  struct rlimit limit;
  rlim_t size = gap;
  if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur > gap) {
    if (limit.rlim_cur != RLIM_INFINITY)
      size = limit.rlim_cur;
    else if (address < bounds.high - gap &&
             mprt_mapping_find(address, &stack) && stack.high >= bounds.high)
      size = bounds.high - stack.low;
  }
  uintptr_t low = bounds.high > size ? bounds.high - (uintptr_t)size : 0;
  if (!bounds.low || low < bounds.low)
    bounds.low = low;
}

/* pthread_getattr_np() would call malloc. A thread's descriptor stands on top of
 * its stack, and no stack is smaller than this: so the kernel's list is read by
 * those threads only that go deeper. */
static void bounds_find(void) {
  int kept = errno;
  bounds.is_first = syscall(SYS_gettid) == getpid() && end_of_first();
  if (bounds.is_first) {
    bounds.high = end_of_first();
    bounds_of_first(bounds.high);
  } else {
    bounds.high = (uintptr_t)pthread_self();
    bounds.low = bounds.high - SMALLEST_STACK;
  }
  errno = kept;
}

/* The address is further down than we knew of. */
MPRT_COLD static void bounds_lower(uintptr_t address) {
  int kept = errno;
  struct mprt_mapping stack;
  if (bounds.is_first)
    bounds_of_first(address);
  else if (!bounds.was_searched && mprt_mapping_find(bounds.high - 1, &stack) &&
           stack.low < bounds.low)
    bounds.low = stack.low;
  bounds.was_searched = true;
  errno = kept;
}

static void own_bound(void) {
  mprt_state_bound(own, bounds.inner ? bounds.inner : bounds.low, bounds.high);
}

bool mprt_own_holds(uintptr_t address) {
  if (!bounds.high)
    bounds_find();
  if (address < bounds.low) {
    uintptr_t low = bounds.low;
    bounds_lower(address);
    if (own && bounds.low != low)
      own_bound();
  }
  return bounds.low <= address && address < bounds.high;
}

void mprt_own_contains(uintptr_t end) {
  if (end > bounds.inner)
    bounds.inner = end;
  if (own)
    own_bound();
}

bool mprt_own_is_divided(void) { return bounds.inner != 0; }

void mprt_own_exclude(uintptr_t address, uintptr_t *low, uintptr_t *high) {
  if (address < bounds.low && bounds.low < *high)
    *high = bounds.low;
  if (address >= bounds.high && bounds.high > *low)
    *low = bounds.high;
}

struct mprt_state *mprt_own(void) {
  return own;
}

/* ---- The life of a thread ---- */

bool mprt_may_enter(void) {
  return !is_hidden && !pauses && (phase == DETACHED || phase == ATTACHED);
}

MPRT_COLD struct mprt_state *mprt_attach(void) {
  if (is_hidden || pauses)
    return NULL;
  if (phase == ATTACHED)
    return mprt_self = own;
  if (phase != DETACHED)
    return NULL;
  phase = ATTACHING;
  int kept = errno;
  if (!bounds.high)
    bounds_find();
  if (!bounds.inner)
    mprt_stacks_forget(bounds.high - SMALLEST_STACK, bounds.high);
  own = mprt_state_take(bounds.low, bounds.high, false);
  if (own) {
    own_bound();
    if (has_key)
      pthread_setspecific(key, own);
    mprt_self = own;
  }
  if (!own && mprt_header())
    mprt_drop(&mprt_header()->dropped_threads);
  phase = own ? ATTACHED : ENDED;
  errno = kept;
  return own;
}

bool mprt_thread_has_counted(void) {
  const struct mprt_state *self = mprt_self;
  if (!self)
    return false;
  const struct memprof_line *outside =
      mprt_line_of_root(mprt_at(self->record->root));
  return self->record->allocs || self->record->frees ||
         (outside && (outside->allocs || outside->frees));
}

/* Of the stack that forks, paused or not. */
static struct mprt_state *forking(void) { return pauses ? paused : mprt_self; }

bool mprt_thread_is_in_call(void) {
  const struct mprt_state *self = forking();
  if (!self || self->has_left_calls)
    return false;
  memprof_ref top = self->saved_top ? self->saved_top : mprt_ref(self->top);
  return top != self->record->base;
}

/* ---- Forks ---- */

void mprt_thread_forking(bool is_shared) {
  uintptr_t here = (uintptr_t)__builtin_dwarf_cfa();
  mprt_own_holds(here); /* in the child it would look like the first thread */
  mprt_self = mprt_stack_at(here, MPRT_EXIT);
  struct mprt_state *self = forking();
  if (self)
    mprt_frames_save(self, is_shared);
}

void mprt_thread_leave_calls(void) {
  struct mprt_state *self = forking();
  if (self)
    self->has_left_calls = true;
}

void mprt_thread_fork_over(void) {
  struct mprt_state *self = forking();
  if (self)
    self->saved_top = 0;
}

/* The table of steps was wiped. */
static void steps_forget(struct mprt_state *self) {
  self->transitions_used = 0;
  self->transitions_forgot = true;
}

/* A child that began on a stack of its own, of which nobody told the end. */
static void bounds_forget(void) {
  bounds.low = 1;
  bounds.high = UINTPTR_MAX;
  bounds.inner = 0;
  if (own)
    own_bound();
}

/* Only the calls of the stack that forked are in progress still; a fibre's may
 * have gone on meanwhile, in the parent. */
void mprt_threads_forked(bool was_shared) {
  struct mprt_state *self = forking();
  free_states = NULL;
  for (struct mprt_state *at = made_states; at; at = at->next_made) {
    steps_forget(at);
    at->latest = NULL;
    at->record->base = mprt_ref(at->base);
    if (at == self)
      continue;
    mprt_frames_forget(at);
    mprt_frames_clear(at);
    if (at == own || at->is_fibre)
      continue;
    at->next_free = free_states;
    free_states = at;
  }
  if (!self)
    return;
  self->record->tid = (uint32_t)syscall(SYS_gettid);
  self->record->threads = self->record->owned = 1;
  if (self->has_left_calls || (was_shared && !self->saved_top))
    mprt_frames_forget(self);
  else
    mprt_frames_inherit(self);
  mprt_frames_clear(self);
  if (self->has_left_calls)
    bounds_forget();
  self->has_left_calls = false;
  self->saved_top = 0;
}

void mprt_threads_visit(void (*visit)(void *context, memprof_ref root),
                        void *context) {
  for (struct mprt_state *at = made_states; at; at = at->next_made)
    visit(context, at->record->root);
}

void mprt_threads_reset(void) {
  for (struct mprt_state *at = made_states; at; at = at->next_made) {
    at->latest = NULL;
    mprt_frames_inherit(at);
  }
}

/* ---- Pauses ---- */

/* Without a state all events take the slow way, which asks. */
void mprt_thread_pause(void) {
  if (pauses++ == 0) {
    paused = mprt_self;
    mprt_self = NULL;
  }
}

void mprt_thread_resume(void) {
  if (pauses && --pauses == 0)
    mprt_self = paused;
}

/* ---- vfork: another process on this thread ---- */

void mprt_thread_hide(void) {
  hidden = mprt_self;
  is_hidden = true;
  mprt_self = NULL;
}

void mprt_thread_show(void) {
  mprt_self = hidden;
  is_hidden = false;
}

bool mprt_thread_is_hidden(void) { return is_hidden || pauses; }

/* The last but one of the rounds of key destructors: other destructors may
 * still call marked functions, and sanitizers leave in the last one. */
static void thread_end(void *value) {
  if (++end_rounds < PTHREAD_DESTRUCTOR_ITERATIONS - 1 &&
      pthread_setspecific(key, value) == 0)
    return;
  mprt_fork_arm();
  mprt_self = NULL;
  phase = ENDED;
  if (bounds.inner)
    mprt_stacks_forget(bounds.low, bounds.high);
  mprt_state_release(own);
  own = NULL;
  mprt_process_thread_ends();
}

void mprt_threads_init(void) {
  has_key = has_key || pthread_key_create(&key, thread_end) == 0;
}
