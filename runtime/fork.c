/* fork.c - a child starts from zero.
 *
 * The awake word lies on a page that the kernel wipes in a child, however it
 * was made; whatever hook finds it wiped arms the child again. As a rule that
 * is the handler of fork() below, or the stand-ins in children.c: generated
 * code counts arrivals without a hook, so a child that returns into a marked
 * call is armed before it does. A child of vfork() shares its parent's memory
 * and the word with it.
 *
 * Armed means: the image's records stay where they are, because calls in
 * progress hold their addresses, and all counters in them start from zero. See
 * memprof_format.h for the calls in progress.
 */
#define _GNU_SOURCE
#include "core.h"
#include "output.h"
#include "wake.h"
#include <pthread.h>
#include <string.h>

static _Atomic uint32_t lock;

/* ---- The image, emptied ---- */

static void node_empty(struct memprof_node *node) {
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

static void thread_empty(struct memprof_thread *thread) {
  thread->owned = thread->threads = 0;
  thread->events = 0;
  thread->live = 0;
  thread->allocs = thread->frees = thread->bytes = thread->freed = 0;
}

/* Frames are those of threads: threads.c. */
static void record_empty(struct memprof_head *record) {
  switch (record->kind) {
  case MEMPROF_KIND_NODE:
    node_empty((struct memprof_node *)record);
    break;
  case MEMPROF_KIND_LINE:
    line_empty((struct memprof_line *)record);
    break;
  case MEMPROF_KIND_THREAD:
    thread_empty((struct memprof_thread *)record);
    break;
  case MEMPROF_KIND_SIZES: {
    struct memprof_sizes *sizes = (struct memprof_sizes *)record;
    memset(sizes->counts, 0, sizeof sizes->counts);
    break;
  }
  case MEMPROF_KIND_SPANS: {
    struct memprof_spans *spans = (struct memprof_spans *)record;
    spans->written = 0;
    memset(spans + 1, 0, spans->count * sizeof(struct memprof_span));
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
  header_empty(header);
  struct memprof_head *record;
  for (uint64_t at = header->header_size; at < used; at += record->size) {
    record = (struct memprof_head *)(mprt_arena_base + at);
    record_empty(record);
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

static void arm(void) {
  if (mprt_has_ended() || !mprt_output_detach()) {
    sleep_on();
    return;
  }
  image_empty();
  mprt_blocks_forked();
  mprt_threads_forked();
  mprt_awake_set(MPRT_YOUNG);
}

void mprt_fork_arm(void) {
  if (MPRT_LIKELY(mprt_awake() != MPRT_FORKED) || !mprt_lock(&lock))
    return;
  if (mprt_awake() == MPRT_FORKED)
    arm();
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

void __memprofpass_forked(void) { mprt_fork_arm(); }

void mprt_fork_init(void) { pthread_atfork(NULL, NULL, __memprofpass_forked); }
