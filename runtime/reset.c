/* reset.c - all counters from zero, in a forked child and when the program asks
 * for it: memprof_reset.
 *
 * Records stay where they are: calls in progress hold their addresses. See
 * memprof_format.h for what becomes of these calls.
 */
#define MEMPROF_RUNTIME
#include "budget.h"
#include "core.h"
#include "memprof.h"
#include "process.h"
#include <errno.h>
#include <string.h>

static void ref_check(memprof_ref *ref, uint64_t used) {
  if ((uint64_t)*ref * MEMPROF_UNIT >= used)
    *ref = 0;
}

static void node_empty(struct memprof_node *node, uint64_t used) {
  ref_check(&node->child, used);
  ref_check(&node->sibling, used);
  ref_check(&node->sizes, used);
  ref_check(&node->mappings, used);
  memprof_ref *steps = memprof_node_steps(node);
  for (uint64_t i = 0; i < (uint64_t)node->line_count * MEMPROF_STEPS; i++)
    ref_check(&steps[i], used);
  for (uint32_t i = 0; i < node->line_count; i++)
    ref_check(&memprof_node_lines(node)[i], used);
  node->in_flight = 0;
  node->epoch = 0;
  node->calls = node->entry_stamp = node->first_stamp = 0;
  node->entry_live = 0;
  memset(node->per_call, 0, sizeof node->per_call);
  memset(memprof_node_hits(node), 0, node->line_count * sizeof(uint64_t));
}

static void line_empty(struct memprof_line *line) {
  line->stamp = line->peak_epoch = line->sizes = 0;
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

/* A record that was being made when its process forked has what the parent made
 * of it since: of the stacks only those that a state knows are restored. */
static void thread_empty(struct memprof_thread *thread, uint64_t used,
                         bool is_child) {
  ref_check(&thread->root, used);
  if (is_child) {
    thread->owned = thread->threads = 0;
    thread->top = thread->base = 0;
  }
  thread->events = 1;
  thread->live = 0;
  thread->allocs = thread->frees = thread->bytes = thread->freed = 0;
}

/* Which calls are in progress, threads.c tells. */
static void frames_empty(struct memprof_frames *frames, uint64_t used) {
  struct memprof_frame *frame = (struct memprof_frame *)(frames + 1);
  ref_check(&frames->above, used);
  for (uint32_t i = 0; i < frames->count; i++)
    frame[i].start_ns = 0;
}

static void record_empty(struct memprof_head *record, uint64_t used,
                         bool is_child) {
  switch (record->kind) {
  case MEMPROF_KIND_NODE:
    node_empty((struct memprof_node *)record, used);
    break;
  case MEMPROF_KIND_LINE:
    line_empty((struct memprof_line *)record);
    break;
  case MEMPROF_KIND_THREAD:
    thread_empty((struct memprof_thread *)record, used, is_child);
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
  case MEMPROF_KIND_LIMIT: {
    struct memprof_limit *limit = (struct memprof_limit *)record;
    limit->checks = limit->violations = 0;
    limit->worst = limit->worst_call = limit->test = 0;
    break;
  }
  default: /* constant */
    break;
  }
}

void mprt_image_empty(bool is_child) {
  struct memprof_header *header = mprt_header();
  uint64_t used = __atomic_load_n(&header->used, __ATOMIC_ACQUIRE);
  mprt_header_begin(header);
  mprt_process_empty(is_child);
  struct memprof_head *record;
  mprt_budgets_reset();
  for (uint64_t at = header->header_size; at < used; at += record->size) {
    record = (struct memprof_head *)(mprt_arena_base + at);
    record_empty(record, used, is_child);
  }
  /* what another thread of the parent was about to add */
  record = (struct memprof_head *)(mprt_arena_base + used);
  if (is_child && used < header->capacity && record->kind)
    memset(record, 0, record->size ? record->size : sizeof *record);
}

/* With the arena's lock no record is added meanwhile. */
MPRT_EXPORT void memprof_reset(void) {
  int kept = errno;
  mprt_fork_arm();
  if (mprt_is_awake() && mprt_lock(&mprt_arena_lock)) {
    mprt_image_empty(false);
    mprt_blocks_forget();
    mprt_threads_reset();
    mprt_unlock(&mprt_arena_lock);
  }
  errno = kept;
}
