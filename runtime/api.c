/* api.c - memprof.h for programs that look at their own numbers. */
#define _GNU_SOURCE
#define MEMPROF_RUNTIME
#include "core.h"
#include "functions.h"
#include "memprof.h"
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

/* ---- Numbers of a function ---- */

/* A walk over the contexts of one thread's part of the tree. */
struct walk {
  const char *name;
  struct memprof_stats *stats;
  uint64_t finished; /* calls that per_call holds */
  uint64_t first_stamp;
  struct memprof_stat per_call[MEMPROF_CALL_METRIC_COUNT];
};

static bool is_named(uint32_t id, const char *name) {
  const struct memprof_function *function = mprt_registry_function(id);
  if (!function)
    return false;
  const struct memprof_abi_record *record = memprof_function_record(function);
  return strcmp(mprt_record_text(record, record->name), name) == 0 ||
         strcmp(mprt_record_text(record, record->signature), name) == 0;
}

static void take_calls(struct walk *walk, const struct memprof_node *node) {
  uint64_t finished = node->calls - node->in_flight;
  walk->stats->calls += node->calls;
  if (!finished)
    return;
  bool is_earliest = node->first_stamp < walk->first_stamp;
  for (unsigned m = 0; m < MEMPROF_CALL_METRIC_COUNT; m++)
    memprof_stat_add(&walk->per_call[m], &node->per_call[m], !walk->finished,
                     is_earliest);
  if (!walk->finished || is_earliest)
    walk->first_stamp = node->first_stamp;
  walk->finished += finished;
}

static void give_calls(const struct walk *walk) {
  struct memprof_stats *stats = walk->stats;
#define GIVE(METRIC, TYPE)                                                     \
  stats->smallest.METRIC = walk->per_call[MEMPROF_CALL_##METRIC].min;          \
  stats->largest.METRIC = walk->per_call[MEMPROF_CALL_##METRIC].max;           \
  stats->first.METRIC = walk->per_call[MEMPROF_CALL_##METRIC].first;
  MEMPROF_CALL_METRICS(GIVE)
#undef GIVE
}

static void take_lines(struct walk *walk, const struct memprof_node *node) {
  const memprof_ref *lines = memprof_node_lines(node);
  for (uint32_t i = 0; i < node->line_count; i++) {
    if (!lines[i])
      continue;
    const struct memprof_line *line = mprt_at(lines[i]);
    int64_t kept = (int64_t)memprof_line_kept(line);
    walk->stats->allocs += line->allocs;
    walk->stats->frees += line->frees;
    walk->stats->bytes += line->bytes;
    walk->stats->freed += line->freed;
    walk->stats->kept += kept > 0 ? (uint64_t)kept : 0;
  }
}

/* The context after `node` in the subtree of `root`; 0 at its end. Does not go
 * below `node` when it `is_done`. */
static memprof_ref next_of(memprof_ref root, memprof_ref at, bool is_done) {
  const struct memprof_node *node = mprt_at(at);
  memprof_ref child = __atomic_load_n(&node->child, __ATOMIC_ACQUIRE);
  if (child && !is_done)
    return child;
  while (at != root && !node->sibling) {
    at = node->parent;
    node = mprt_at(at);
  }
  return at == root ? 0 : node->sibling;
}

/* All that happened below a context of the function, itself included. */
static void take_subtree(struct walk *walk, memprof_ref root) {
  for (memprof_ref at = root; at; at = next_of(root, at, false))
    take_lines(walk, mprt_at(at));
}

/* A function stands on a path once: below it there is no other. */
static void take_tree(struct walk *walk, memprof_ref root) {
  bool is_found = false;
  for (memprof_ref at = root; at; at = next_of(root, at, is_found)) {
    const struct memprof_node *node = mprt_at(at);
    is_found = is_named(node->function, walk->name);
    if (!is_found)
      continue;
    take_calls(walk, node);
    take_subtree(walk, at);
  }
}

static bool is_known(const char *name) {
  for (uint32_t id = 1; mprt_registry_function(id); id++)
    if (is_named(id, name))
      return true;
  return false;
}

static void take_roots(void *walk, memprof_ref root) { take_tree(walk, root); }

/* Of the test, or of all threads when that is 0. */
static void get(const char *function, memprof_ref test,
                struct memprof_stats *stats) {
  struct walk walk = {.name = function, .stats = stats};
  memset(stats, 0, sizeof *stats);
  if (test)
    take_tree(&walk, test);
  else
    mprt_threads_visit(take_roots, &walk);
  give_calls(&walk);
}

MPRT_EXPORT int memprof_get(const char *function, struct memprof_stats *stats) {
  int kept = errno;
  uintptr_t here = MPRT_CALLERS_STACK();
  memset(stats, 0, sizeof *stats);
  mprt_fork_arm();
  bool is_there = mprt_is_awake() && is_known(function);
  if (is_there)
    get(function, mprt_test_now(mprt_stack_at(here, MPRT_EXIT)), stats);
  errno = kept;
  return is_there;
}

/* ---- All functions ---- */

struct visit {
  memprof_ref test;
  memprof_visitor *visitor;
  void *context;
  unsigned char *is_seen; /* [id]; equal names are seen at once */
};

static void see(struct visit *visit, const char *signature) {
  const struct memprof_function *other;
  for (uint32_t id = 1; (other = mprt_registry_function(id)); id++) {
    const struct memprof_abi_record *record = memprof_function_record(other);
    if (!strcmp(mprt_record_text(record, record->signature), signature))
      visit->is_seen[id] = true;
  }
}

static void visit_tree(void *context, memprof_ref root) {
  struct visit *visit = context;
  for (memprof_ref at = root; at; at = next_of(root, at, false)) {
    const struct memprof_node *node = mprt_at(at);
    const struct memprof_function *function =
        mprt_registry_function(node->function);
    if (!function || visit->is_seen[node->function] || !node->calls)
      continue;
    const struct memprof_abi_record *record = memprof_function_record(function);
    const char *signature = mprt_record_text(record, record->signature);
    see(visit, signature);
    if (record->flags & MEMPROF_RECORD_TEST)
      continue;
    struct memprof_stats stats;
    get(signature, visit->test, &stats);
    visit->visitor(visit->context, signature, &stats);
  }
}

MPRT_EXPORT int memprof_each(memprof_visitor *visitor, void *context) {
  int kept = errno;
  uintptr_t here = MPRT_CALLERS_STACK();
  mprt_fork_arm();
  errno = kept;
  if (!mprt_is_awake())
    return 0;
  struct visit visit = {
      .test = mprt_test_now(mprt_stack_at(here, MPRT_EXIT)),
      .visitor = visitor,
      .context = context,
  };
  size_t size = 1;
  while (mprt_registry_function((uint32_t)size))
    size++;
  visit.is_seen = mprt_pages(size);
  if (visit.is_seen) {
    mprt_thread_pause(); /* what the visitor allocates does not count */
    if (visit.test)
      visit_tree(&visit, visit.test);
    else
      mprt_threads_visit(visit_tree, &visit);
    mprt_thread_resume();
    munmap(visit.is_seen, size);
  }
  errno = kept;
  return visit.is_seen != NULL;
}

/* ---- Pauses, reports ---- */

MPRT_EXPORT void memprof_pause(void) { mprt_thread_pause(); }
MPRT_EXPORT void memprof_resume(void) { mprt_thread_resume(); }

MPRT_EXPORT int memprof_report(const char *stream) {
  int kept = errno;
  mprt_fork_arm();
  bool is_written =
      mprt_is_awake() && mprt_report(stream ? stream : mprt_config.stream);
  errno = kept;
  return is_written;
}

/* ---- Limits ---- */

MPRT_EXPORT int memprof_limit_set(const char *function, const char *limit) {
  int kept = errno;
  char error[256];
  mprt_fork_arm();
  bool is_set =
      mprt_limit_set(function, limit ? limit : "", error, sizeof error);
  if (!is_set)
    mprt_message("memprof_limit_set: %s", error);
  errno = kept;
  return is_set;
}

static memprof_sink *_Atomic sink;
static void *_Atomic sink_context;

MPRT_EXPORT void memprof_set_sink(memprof_sink *callback, void *context) {
  atomic_store(&sink, NULL); /* never a callback with another's context */
  atomic_store(&sink_context, context);
  atomic_store(&sink, callback);
}

void mprt_violated(const struct memprof_violation *violation) {
  memprof_sink *callback = atomic_load(&sink);
  if (!callback)
    return;
  mprt_thread_pause();
  callback(atomic_load(&sink_context), violation);
  mprt_thread_resume();
}
