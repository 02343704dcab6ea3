/* records.h - hand-made modules for unit tests of the accounting core: what the
 * pass would emit, and the words to play its part.
 *
 * A module is an array of functions; each has a record that points to its own
 * live word. Tests call enter and exit themselves, from real functions that are
 * never inlined, because the runtime compares stack pointers. Events are given
 * to the accounting directly: nothing here allocates for real.
 */
#ifndef MEMPROF_TEST_RECORDS_H
#define MEMPROF_TEST_RECORDS_H

#include "check.h"
#include "config.h"
#include "core.h"
#include "runtime.h"
#include <stdlib.h>

#ifndef LINES
#define LINES 8 /* of each function */
#endif
#define NOINLINE __attribute__((noinline, unused))

/* A process that nobody woke has no settings. */
__attribute__((constructor)) static void test_settings(void) {
  mprt_config_defaults(&mprt_config);
}

struct test_function {
  struct {
    struct memprof_abi_record head;
    struct memprof_abi_line lines[LINES];
    char name[32];
  } record;
};

struct test_module {
  struct test_function functions[4];
  uint32_t live[4];
};

/* Line k of a function stands at source line 10 + k. */
static inline void test_function_make(struct test_module *module, unsigned i,
                                      const char *name) {
  struct test_function *function = &module->functions[i];
  struct memprof_abi_record *head = &function->record.head;
  memset(function, 0, sizeof *function);
  strcpy(function->record.name, name);
  *head = (struct memprof_abi_record){
      .size = sizeof function->record,
      .abi = MEMPROF_ABI_VERSION,
      .live = (uint32_t)((uintptr_t)&module->live[i] - (uintptr_t)&head->live),
      .line_count = LINES,
      .lines = sizeof *head,
      .name = sizeof *head + sizeof function->record.lines,
      .signature = sizeof *head + sizeof function->record.lines,
      .symbol = sizeof *head + sizeof function->record.lines,
  };
  for (uint32_t k = 0; k < LINES; k++)
    function->record.lines[k].line = 10 + k;
}

static inline void test_module_make(struct test_module *module,
                                    const char *const names[4]) {
  for (unsigned i = 0; i < 4; i++)
    test_function_make(module, i, names[i]);
}

static inline void test_module_register(struct test_module *module) {
  __memprofpass_register(module->functions, module->functions + 4);
}

static inline void test_module_unregister(struct test_module *module) {
  __memprofpass_unregister(module->functions, module->functions + 4);
}

/* ---- The runtime awake, with one module: functions A, B, C and D ---- */

static struct test_module test;
enum { A, B, C, D };

static inline void test_wake(const char *options_functions) {
  static const char *const names[4] = {"a", "b", "c", "ns::d"};
  mprt_init();
  mprt_threads_init();
  strcpy(mprt_config.functions, options_functions);
  test_module_make(&test, names);
  test_module_register(&test);
  if (!mprt_arena_open() || !mprt_blocks_init())
    abort();
  mprt_registry_wake();
  mprt_registry_activate(true);
}

/* ---- Generated code's part ---- */

/* The head of a frame, as the pass sees it. */
struct test_frame {
  uint64_t *hits;
  volatile uint32_t line;
};

static inline __attribute__((always_inline)) struct test_frame *
enter(unsigned function) {
  return __memprofpass_enter(&test.live[function]);
}

/* Execution arrives at line k and calls something there. */
static inline void at_line(struct test_frame *frame, uint32_t k) {
  ++((volatile uint64_t *)frame->hits)[k];
  frame->line = k;
}

#define HERE ((uintptr_t)__builtin_dwarf_cfa())

/* ---- The allocator's part: blocks are numbers, no memory behind them ---- */

static inline void *block(uintptr_t number) {
  return (void *)(UINT64_C(0x100000000) + number * 64);
}

static NOINLINE void test_malloc(void *at, size_t size) {
  mprt_account_allocated(at, size, HERE);
}

static NOINLINE void test_free(void *at) { mprt_account_freed(at, HERE); }

static NOINLINE void test_realloc(void *from, void *to, size_t size) {
  uint64_t token = mprt_account_reallocating(from);
  mprt_account_reallocated(token, from, to, size, HERE);
}

/* ---- What was counted, added up over contexts and threads ---- */

struct total {
  uint64_t calls, in_flight, hits;
  uint64_t allocs, bytes, frees, freed, returned, elsewhere, peak, stamp;
  uint64_t temporary;
  int64_t mem_usage, kept;
  unsigned nodes;
};

/* Calls `visit` for each record of the image. */
static inline void image_walk(void (*visit)(const struct memprof_head *record,
                                            void *context),
                              void *context) {
  uint64_t used = __atomic_load_n(&mprt_header()->used, __ATOMIC_ACQUIRE);
  for (uint64_t at = mprt_header()->header_size; at < used;) {
    const struct memprof_head *head = (const void *)(mprt_arena_base + at);
    visit(head, context);
    at += head->size;
  }
}

struct total_of {
  uint32_t function, line;
  struct total total;
};

static inline void total_visit(const struct memprof_head *record,
                               void *context) {
  struct total_of *of = context;
  struct total *total = &of->total;
  if (record->kind != MEMPROF_KIND_NODE)
    return;
  const struct memprof_node *node = (const void *)record;
  if (node->function != of->function)
    return;
  total->nodes++;
  total->calls += node->calls;
  total->in_flight += node->in_flight;
  total->hits += memprof_node_hits(node)[of->line];
  if (!memprof_node_lines(node)[of->line])
    return;
  const struct memprof_line *line = mprt_at(memprof_node_lines(node)[of->line]);
  total->allocs += line->allocs;
  total->bytes += line->bytes;
  total->frees += line->frees;
  total->freed += line->freed;
  total->returned += line->returned;
  total->temporary += line->temporary;
  total->elsewhere +=
      __atomic_load_n(&line->returned_elsewhere, __ATOMIC_RELAXED);
  if (line->peak > total->peak)
    total->peak = line->peak;
  if (line->stamp >= total->stamp) {
    total->stamp = line->stamp;
    total->mem_usage = line->mem_usage;
  }
  total->kept = (int64_t)(total->bytes - total->returned - total->elsewhere);
}

/* Ids are given in the order of registration: A is 1. */
static inline struct total total(unsigned function, uint32_t line) {
  struct total_of of = {.function = function + 1, .line = line};
  image_walk(total_visit, &of);
  return of.total;
}

/* Own events of the contexts of `function`, and of those below that were
 * entered from its `line`: what the report shows in that row. */
struct inclusive_of {
  uint32_t function, line;
  uint64_t bytes;
};

static inline void inclusive_visit(const struct memprof_head *record,
                                   void *context) {
  struct inclusive_of *of = context;
  if (record->kind != MEMPROF_KIND_LINE)
    return;
  const struct memprof_line *line = (const void *)record;
  const struct memprof_node *node = mprt_at(line->node);
  uint32_t at = line->line;
  while (node->function != of->function && node->parent) {
    at = node->parent_line;
    node = mprt_at(node->parent);
  }
  if (node->function == of->function && at == of->line)
    of->bytes += line->bytes;
}

static inline uint64_t inclusive_bytes(unsigned function, uint32_t line) {
  struct inclusive_of of = {.function = function + 1, .line = line};
  image_walk(inclusive_visit, &of);
  return of.bytes;
}

static inline uint64_t process_live(void) {
  return (uint64_t)memprof_header_live(mprt_header());
}

#endif
