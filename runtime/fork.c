/* fork.c - a child starts from zero.
 *
 * The awake word lies on a page that the kernel wipes in a child, however it
 * was made; whatever hook finds it wiped arms the child again. In a marked call
 * that is the handler of fork() below, or a stand-in in children.c: generated
 * code counts arrivals without a hook, so a child that returns into a marked
 * call is armed before it does.
 *
 * Armed means: the image's records stay where they are, because calls in
 * progress hold their addresses, and all counters in them start from zero. See
 * memprof_format.h for the calls in progress.
 */
#define _GNU_SOURCE
#include "core.h"
#include "output.h"
#include "wake.h"
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

static _Atomic uint32_t lock;
/* While this thread forks it holds the locks of the registry and the image. */
static _Thread_local bool holds;
/* Bytes of the image that are the child's; 0 when nobody saw the fork. The
 * parent may have added records since, if the image is its file. */
static _Thread_local uint64_t used_at_fork;

/* ---- The image, emptied ---- */

static void ref_check(memprof_ref *ref, uint64_t used) {
  if ((uint64_t)*ref * MEMPROF_UNIT >= used)
    *ref = 0;
}

static void node_empty(struct memprof_node *node, uint64_t used) {
  ref_check(&node->child, used);
  ref_check(&node->sibling, used);
  ref_check(&node->sizes, used);
  ref_check(&node->mappings, used);
  for (uint32_t i = 0; i < node->line_count; i++)
    ref_check(&memprof_node_lines(node)[i], used);
  node->in_flight = 0;
  node->calls = node->entry_stamp = node->first_stamp = 0;
  node->entry_live = 0;
  memset(node->per_call, 0, sizeof node->per_call);
  memset(memprof_node_hits(node), 0, node->line_count * sizeof(uint64_t));
}

static void line_empty(struct memprof_line *line) {
  line->stamp = line->peak_epoch = 0;
#define EMPTY(FIELD, COMBINE) line->FIELD = 0;
  MEMPROF_LINE_COUNTERS(EMPTY)
#undef EMPTY
}

static void mapping_empty(struct memprof_mapping *mapping, uint64_t used) {
  ref_check(&mapping->next, used);
#define EMPTY(FIELD) mapping->FIELD = 0;
  MEMPROF_MAPPING_COUNTERS(EMPTY)
#undef EMPTY
}

static void thread_empty(struct memprof_thread *thread) {
  thread->owned = thread->threads = 0;
  thread->events = 0;
  thread->live = 0;
  thread->allocs = thread->frees = thread->bytes = thread->freed = 0;
}

/* Calls of threads that are no more, or told by threads.c. */
static void frames_empty(struct memprof_frames *frames, uint64_t used) {
  struct memprof_frame *frame = (struct memprof_frame *)(frames + 1);
  ref_check(&frames->above, used);
  for (uint32_t i = 0; i < frames->count; i++)
    frame[i].start_ns = 0;
}

static void record_empty(struct memprof_head *record, uint64_t used) {
  switch (record->kind) {
  case MEMPROF_KIND_NODE:
    node_empty((struct memprof_node *)record, used);
    break;
  case MEMPROF_KIND_LINE:
    line_empty((struct memprof_line *)record);
    break;
  case MEMPROF_KIND_THREAD:
    thread_empty((struct memprof_thread *)record);
    break;
  case MEMPROF_KIND_FRAMES:
    frames_empty((struct memprof_frames *)record, used);
    break;
  case MEMPROF_KIND_SIZES: {
    struct memprof_sizes *sizes = (struct memprof_sizes *)record;
    memset(sizes->counts, 0, sizeof sizes->counts);
    break;
  }
  case MEMPROF_KIND_MAPPING:
    mapping_empty((struct memprof_mapping *)record, used);
    break;
  case MEMPROF_KIND_SPANS: {
    struct memprof_spans *spans = (struct memprof_spans *)record;
    uint64_t written = spans->written;
    if (written > spans->count)
      written = spans->count;
    memset(spans + 1, 0, written * sizeof(struct memprof_span));
    spans->written = 0;
    break;
  }
  default: /* constant */
    break;
  }
}

static void header_empty(struct memprof_header *header) {
  mprt_header_begin(header);
#define EMPTY(FIELD) header->FIELD = 0;
  MEMPROF_PROCESS_COUNTERS(EMPTY)
#undef EMPTY
}

static void image_empty(void) {
  struct memprof_header *header = mprt_header();
  uint64_t used = __atomic_load_n(&header->used, __ATOMIC_ACQUIRE);
  if (used_at_fork && used_at_fork < used) {
    memset(mprt_arena_base + used_at_fork, 0, used - used_at_fork);
    used = header->used = used_at_fork;
  }
  header_empty(header);
  struct memprof_head *record;
  for (uint64_t at = header->header_size; at < used; at += record->size) {
    record = (struct memprof_head *)(mprt_arena_base + at);
    record_empty(record, used);
  }
  /* what another thread of the parent was about to add */
  record = (struct memprof_head *)(mprt_arena_base + used);
  if (used < header->capacity && record->kind)
    memset(record, 0, record->size ? record->size : sizeof *record);
}

/* ---- Arming ---- */

/* A child that cannot have counters of its own, or was forked when its parent
 * had ended, sleeps for good. */
static void sleep_on(void) {
  mprt_awake_set(MPRT_ASLEEP);
  mprt_registry_activate(false);
}

static bool is_forked;

bool mprt_is_forked(void) { return is_forked; }

static void arm(void) {
  bool was_shared = mprt_output_is_shared();
  if (mprt_has_ended() || !mprt_output_detach()) {
    sleep_on();
    return;
  }
  image_empty();
  mprt_blocks_forked();
  mprt_mappings_forked();
  mprt_threads_forked(was_shared);
  is_forked = true;
  mprt_awake_set(MPRT_YOUNG);
}

void mprt_fork_arm(void) {
  if (MPRT_LIKELY(mprt_awake() != MPRT_FORKED) || !mprt_lock(&lock))
    return;
  int kept = errno;
  if (mprt_awake() == MPRT_FORKED)
    arm();
  errno = kept;
  mprt_unlock(&lock);
}

/* The child has something to report. */
static void come_of_age(void) {
  mprt_output_attach();
  mprt_awake_set(MPRT_AWAKE);
}

void mprt_fork_counted(void) {
  if (mprt_awake() == MPRT_YOUNG && mprt_thread_has_counted())
    come_of_age();
}

void mprt_fork_called(void) {
  mprt_fork_arm();
  if (mprt_awake() == MPRT_YOUNG)
    come_of_age();
}

/* ---- The moment of the fork ---- */

/* Both locks, so that the registry agrees with the image. Whoever registers
 * holds the one and waits for the other; and a signal handler that forks may
 * have interrupted this thread while it held one: then the child has what it
 * finds. */
static bool hold(void) {
  for (;;) {
    if (!mprt_lock(&mprt_arena_lock))
      return false;
    enum mprt_trylock registry = mprt_trylock(&mprt_registry_lock);
    if (registry == MPRT_TAKEN)
      return true;
    mprt_unlock(&mprt_arena_lock);
    if (registry == MPRT_OWN)
      return false;
    sched_yield();
  }
}

static void release(void) {
  if (!holds)
    return;
  holds = false;
  mprt_unlock(&mprt_registry_lock);
  mprt_unlock(&mprt_arena_lock);
}

void __memprofpass_forking(void) {
  if (!mprt_is_awake() || holds)
    return;
  int kept = errno;
  holds = hold();
  used_at_fork = holds ? mprt_header()->used : 0;
  mprt_thread_forking(mprt_output_is_shared());
  errno = kept;
}

void __memprofpass_fork_over(void) {
  used_at_fork = 0;
  mprt_thread_fork_over();
  release();
}

/* Who is in no marked call touches no counter before the next hook: a child
 * that goes on to exec is spared the work. */
void __memprofpass_forked(void) {
  release();
  if (mprt_awake() == MPRT_FORKED && mprt_thread_is_in_call())
    mprt_fork_arm();
}

void __memprofpass_forked_elsewhere(void) {
  if (mprt_awake() == MPRT_FORKED)
    mprt_thread_leave_calls();
  __memprofpass_forked();
}

void __memprofpass_vforking(void) { mprt_thread_hide(); }
void __memprofpass_vfork_over(void) { mprt_thread_show(); }

void mprt_fork_init(void) {
  pthread_atfork(__memprofpass_forking, __memprofpass_fork_over,
                 __memprofpass_forked);
}
