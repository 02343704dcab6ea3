/* threads.c - a thread's record: made at its first marked call, given back at
 * its end, adopted by the next new thread with all its counters. */
#include "core.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FIRST_FRAMES 32

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

/* While another process runs on this thread. */
static _Thread_local struct mprt_state *hidden
    __attribute__((tls_model("initial-exec")));
static _Thread_local bool is_hidden __attribute__((tls_model("initial-exec")));

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

/* The base frame has the root context, one line, and the highest address, so
 * that no event drops it. */
static bool state_fill(struct mprt_state *self) {
  struct memprof_thread *thread =
      mprt_arena_alloc(MEMPROF_KIND_THREAD, sizeof *thread, NULL, NULL);
  self->record = thread;
  struct memprof_frames *frames =
      thread ? mprt_frames_new(thread, NULL, FIRST_FRAMES) : NULL;
  memprof_ref root = frames ? mprt_context_new(self, 0, 0, 0) : 0;
  if (!root || !mprt_line_of_root(mprt_at(root)))
    return false;
  struct memprof_frame *base = (struct memprof_frame *)(frames + 1);
  base->hits = memprof_node_hits(mprt_at(root));
  base->node = root;
  base->cfa = UINT64_MAX;
  self->base = base;
  self->next = base + 1;
  self->limit = base + frames->count;
  self->chunk = frames;
  thread->root = root;
  thread->base = thread->top = mprt_ref(base);
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

static struct mprt_state *state_new(void) {
  if (!mprt_most_take(MEMPROF_MOST_threads))
    return NULL;
  struct mprt_state *self = mprt_pages(sizeof *self);
  if (!self || !state_fill(self))
    return NULL;
  self->next_made = made_states;
  while (!atomic_compare_exchange_weak(&made_states, &self->next_made, self))
    ;
  return self;
}

/* ---- The life of a thread ---- */

MPRT_COLD struct mprt_state *mprt_attach(void) {
  if (mprt_self || phase != DETACHED || is_hidden)
    return mprt_self;
  phase = ATTACHING;
  int kept = errno;
  struct mprt_state *self = state_adopt();
  if (!self)
    self = state_new();
  if (self) {
    self->stack_known = false;
    self->record->tid = (uint32_t)syscall(SYS_gettid);
    self->record->threads++;
    self->record->live = 0; /* what a thread before us left is not ours */
    __atomic_store_n(&self->record->owned, 1, __ATOMIC_RELEASE);
    if (has_key)
      pthread_setspecific(key, self);
    mprt_self = self;
  }
  if (!self && mprt_header())
    __atomic_fetch_add(&mprt_header()->dropped_threads, 1, __ATOMIC_RELAXED);
  phase = self ? ATTACHED : ENDED;
  errno = kept;
  return self;
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

bool mprt_thread_is_in_call(void) {
  const struct mprt_state *self = mprt_self;
  if (!self || self->has_left_calls)
    return false;
  memprof_ref top = self->saved_top ? self->saved_top : self->record->top;
  return top != self->record->base;
}

/* ---- Forks ---- */

void mprt_thread_forking(bool is_shared) {
  struct mprt_state *self = mprt_self;
  if (!self)
    return;
  /* in the child it would look like the first thread */
  if (self->record->tid != (uint32_t)getpid())
    mprt_stack_holds(self, 0);
  mprt_frames_save(self, is_shared);
}

void mprt_thread_leave_calls(void) {
  if (mprt_self)
    mprt_self->has_left_calls = true;
}

void mprt_thread_fork_over(void) {
  if (mprt_self)
    mprt_self->saved_top = 0;
}

/* The table of steps was wiped. */
static void steps_forget(struct mprt_state *self) {
  self->transitions_used = 0;
  self->transitions_forgot = true;
}

void mprt_threads_forked(bool was_shared) {
  struct mprt_state *self = mprt_self;
  free_states = NULL;
  for (struct mprt_state *at = made_states; at; at = at->next_made) {
    steps_forget(at);
    at->latest = NULL;
    if (at == self)
      continue;
    mprt_frames_forget(at);
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
  self->has_left_calls = false;
  self->saved_top = 0;
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

bool mprt_thread_is_hidden(void) { return is_hidden; }

/* The last but one of the rounds of key destructors: other destructors may
 * still call marked functions, and sanitizers leave in the last one. */
static void thread_end(void *value) {
  struct mprt_state *self = value;
  if (++end_rounds < PTHREAD_DESTRUCTOR_ITERATIONS - 1 &&
      pthread_setspecific(key, self) == 0)
    return;
  mprt_fork_arm();
  mprt_frames_finish(self);
  mprt_self = NULL;
  phase = ENDED;
  __atomic_store_n(&self->record->owned, 0, __ATOMIC_RELEASE);
  self->latest = NULL; /* whoever adopts the record did not allocate it */
  if (mprt_lock(&free_lock)) {
    self->next_free = free_states;
    free_states = self;
    mprt_unlock(&free_lock);
  }
}

void mprt_threads_init(void) {
  has_key = has_key || pthread_key_create(&key, thread_end) == 0;
}

/* ---- The thread's own stack ---- */

/* The mapping that holds `address`, as the kernel lists it. Reads with a small
 * buffer: we may stand on a small stack. */
static void mapping_find(uintptr_t address, uintptr_t *low, uintptr_t *high) {
  char buffer[256];
  int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return;
  uintptr_t bounds[2] = {0, 0};
  unsigned field = 0; /* 0, 1: the line's numbers; 2: the rest of it */
  ssize_t length;
  while ((length = read(file, buffer, sizeof buffer)) > 0)
    for (ssize_t i = 0; i < length; i++) {
      char c = buffer[i];
      if (c == '\n') {
        if (bounds[0] <= address && address < bounds[1]) {
          *low = bounds[0];
          *high = bounds[1];
        }
        field = 0;
        bounds[0] = bounds[1] = 0;
      } else if (c == '-' || c == ' ') {
        field += field < 2;
      } else if (field < 2) {
        bounds[field] =
            bounds[field] * 16 + (uintptr_t)(c <= '9' ? c - '0' : c - 'a' + 10);
      }
    }
  close(file);
}

extern void *__libc_stack_end __attribute__((weak));

/* Looked up when first asked, which a program without longjmp never does:
 * pthread_getattr_np() would call malloc. */
static void stack_find(struct mprt_state *self) {
  int kept = errno;
  self->stack_known = true;
  self->stack_low = self->stack_high = 0;
  if (syscall(SYS_gettid) == getpid()) {
    /* the kernel keeps at least this much free below the first stack */
    const rlim_t gap = (rlim_t)128 << 20;
    struct rlimit limit;
    if (&__libc_stack_end && getrlimit(RLIMIT_STACK, &limit) == 0) {
      rlim_t size = limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur < gap
                        ? gap
                        : limit.rlim_cur;
      self->stack_high = (uintptr_t)__libc_stack_end;
      self->stack_low =
          self->stack_high > size ? self->stack_high - (uintptr_t)size : 0;
    }
  } else {
    /* the thread's descriptor stands on top of its stack; above it the mapping
     * may go on with foreign memory */
    uintptr_t descriptor = (uintptr_t)pthread_self(), high = 0;
    mapping_find(descriptor, &self->stack_low, &high);
    self->stack_high = high ? descriptor : 0;
  }
  errno = kept;
}

bool mprt_stack_holds(struct mprt_state *self, uintptr_t address) {
  if (!self->stack_known)
    stack_find(self);
  return self->stack_low <= address && address < self->stack_high;
}
