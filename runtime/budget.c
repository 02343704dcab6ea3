/* budget.c - which limits hold for a function, and how its calls do. */
#define MEMPROF_RUNTIME
#include "budget.h"
#include "core.h"
#include "functions.h"
#include "memprof.h"
#include "rules.h"
#include "wake.h"
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

struct mprt_budget **_Atomic mprt_budgets;
_Atomic uint32_t mprt_budget_count;
struct mprt_family *mprt_family;

/* ---- Limits of the mark ---- */

/* A text within a record of any version; NULL when it is none. */
static const char *text_at(const struct memprof_abi_record *record,
                           uint64_t offset) {
  const char *start = (const char *)record + offset;
  return offset && offset < record->size &&
                 memchr(start, 0, record->size - offset)
             ? start
             : NULL;
}

static const void *table_at(const struct memprof_abi_record *record,
                            uint64_t offset, uint64_t count, size_t size) {
  return offset % 4 == 0 && offset + count * size <= record->size
             ? (const char *)record + offset
             : NULL;
}

/* The mark's limit of a metric. A declaration's and its definition's may
 * differ: the last one counts. */
static bool mark_find(const struct memprof_abi_record *record, unsigned metric,
                      struct limit *limit) {
  char error[8];
  bool found = false;
  const uint32_t *texts =
      table_at(record, record->limits, record->limit_count, sizeof(uint32_t));
  for (uint32_t i = 0; texts && i < record->limit_count; i++) {
    struct limit read;
    const char *text = text_at(record, texts[i]);
    if (text && limit_parse(text, false, &read, error, sizeof error) &&
        read.metric == metric) {
      *limit = read;
      found = true;
    }
  }
  return found;
}

/* ---- LIMIT records ---- */

/* "parse.c:12"; 0 when nothing is known. */
static memprof_ref place_new(const char *file, unsigned line) {
  char text[4200];
  if (!file || !line)
    return 0;
  snprintf(text, sizeof text, "%s:%u", file, line);
  return mprt_string_new(text);
}

/* A rule's place is that of many functions. */
static memprof_ref rule_place(const struct mprt_rule *rule) {
  static const struct mprt_rule *latest;
  static unsigned latest_line;
  static memprof_ref place;
  if (rule != latest || rule->line != latest_line)
    place = place_new(rule->file, rule->line);
  latest = rule;
  latest_line = rule->line;
  return place;
}

static memprof_ref mark_place(const struct memprof_abi_record *record) {
  const struct memprof_abi_line *line =
      table_at(record, record->lines, 1, sizeof *line);
  const struct memprof_abi_file *file = table_at(
      record, record->files, line ? (uint64_t)line->file + 1 : 1, sizeof *file);
  if (!record->file_count || !line || !file)
    return 0;
  return place_new(text_at(record, file[line->file].name), line->line);
}

static void fill_limit(void *record, const void *context) {
  struct memprof_limit *limit = record;
  const struct memprof_head head = limit->head;
  *limit = *(const struct memprof_limit *)context;
  limit->head = head;
}

bool mprt_has_limits;

static struct memprof_limit *limit_new(uint32_t function, unsigned origin,
                                       memprof_ref place,
                                       const struct limit *limit) {
  struct memprof_limit made = {.function = function,
                               .metric = limit->metric,
                               .origin = origin,
                               .where = place,
                               .floor = limit->floor,
                               .ceiling = limit->ceiling};
  mprt_has_limits = true;
  return mprt_arena_alloc(MEMPROF_KIND_LIMIT, sizeof made, fill_limit, &made);
}

/* ---- Budgets ---- */

/* What children share with this process; without it each is on its own. */
static void family_make(void) {
  if (mprt_family || mprt_is_forked())
    return;
  size_t size = sizeof *mprt_family + (1u << 18) + 1;
  void *shared = mmap(NULL, size, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  mprt_family = shared == MAP_FAILED ? NULL : shared;
}

/* Finished calls of a function that had no limit so far: calls have one number,
 * whenever a limit is set. */
static uint64_t calls_so_far(uint32_t function) {
  uint64_t calls = 0,
           used = __atomic_load_n(&mprt_header()->used, __ATOMIC_ACQUIRE);
  const struct memprof_head *record;
  for (uint64_t at = mprt_header()->header_size; at < used;
       at += record->size) {
    record = (const void *)(mprt_arena_base + at);
    const struct memprof_node *node = (const void *)record;
    if (record->kind == MEMPROF_KIND_NODE && node->function == function)
      calls += node->calls - node->in_flight;
  }
  return calls;
}

/* A new budget in a slab of many. */
static struct mprt_budget *budget_new(void) {
  enum { SLAB = 256 };
  static struct mprt_budget *slab;
  static size_t used = SLAB;
  if (used == SLAB) {
    slab = mprt_pages(SLAB * sizeof *slab);
    used = slab ? 0 : SLAB;
  }
  return slab ? &slab[used++] : NULL;
}

/* The function's, made if need be. */
static struct mprt_budget *budget_at(uint32_t function, bool is_new) {
  static size_t capacity;
  uint32_t count = mprt_budget_count;
  void *array = mprt_budgets;
  while (capacity <= function)
    if (!mprt_grow(&array, capacity, &capacity, sizeof *mprt_budgets))
      return NULL;
  mprt_budgets = array;
  if (!mprt_budgets[function]) {
    struct mprt_budget *made = budget_new();
    if (!made)
      return NULL;
    family_make();
    made->calls = is_new ? 0 : calls_so_far(function);
    mprt_budgets[function] = made;
  }
  if (function >= count)
    atomic_store_explicit(&mprt_budget_count, function + 1,
                          memory_order_release);
  return mprt_budgets[function];
}

/* The limit that holds for a metric now; false when none does. */
static bool limit_resolve(const struct memprof_abi_record *record,
                          unsigned metric, struct limit *limit,
                          unsigned *origin, const struct mprt_rule **rule) {
  const char *name = mprt_record_text(record, record->name);
  const char *signature = mprt_record_text(record, record->signature);
  *rule = mprt_rule_find(name, signature, metric);
  *origin = *rule ? mprt_rule_origin(*rule, name, signature) : UINT32_MAX;
  /* a test is no function, but may be named */
  if (*origin == MEMPROF_LIMIT_ALL && record->flags & MEMPROF_RECORD_TEST)
    *origin = UINT32_MAX;
  if (*origin > MEMPROF_LIMIT_MARK && mark_find(record, metric, limit)) {
    *origin = MEMPROF_LIMIT_MARK;
    return true;
  }
  if (*origin == UINT32_MAX)
    return false;
  *limit = (*rule)->limit;
  return true;
}

/* The limit of one metric, if there is one and it is not the one that holds
 * already. One that has been checked stays with what it has seen. */
static void budget_set(const struct memprof_function *function, unsigned metric,
                       bool is_new) {
  const struct memprof_abi_record *record = memprof_function_record(function);
  const struct mprt_rule *rule;
  struct limit limit = {0};
  unsigned origin;
  if (!limit_resolve(record, metric, &limit, &origin, &rule))
    return;
  struct mprt_budget *budget = budget_at(function->id, is_new);
  if (!budget)
    return;
  if (budget->limits[metric]) {
    struct memprof_limit *old = mprt_at(budget->limits[metric]);
    if (old->floor == limit.floor && old->ceiling == limit.ceiling)
      return;
    if (!old->checks) {
      old->origin = origin;
      old->where =
          origin == MEMPROF_LIMIT_MARK ? mark_place(record) : rule_place(rule);
      old->floor = limit.floor;
      old->ceiling = limit.ceiling;
      return;
    }
  }
  struct memprof_limit *made = limit_new(
      function->id, origin,
      origin == MEMPROF_LIMIT_MARK ? mark_place(record) : rule_place(rule),
      &limit);
  if (made)
    budget->limits[metric] = mprt_ref(made);
  mprt_epoch_next();
}

static void rules_match(const struct memprof_abi_record *record) {
  struct mprt_rule *rule;
  for (size_t i = 0; (rule = mprt_rule_at(i)); i++)
    if (!rule->has_matched)
      rule->has_matched =
          mprt_rule_matches(rule, mprt_record_text(record, record->name),
                            mprt_record_text(record, record->signature));
}

void mprt_budget_add(const struct memprof_function *function, bool is_new) {
  if (mprt_config.on_violation == VIOLATION_OFF)
    return;
  rules_match(memprof_function_record(function));
  for (unsigned metric = 0; metric < LIMIT_PROCESS_PEAK; metric++)
    budget_set(function, metric, is_new);
}

/* The process's limit: of function 0, which no call has. */
static void process_set(void) {
  const struct mprt_rule *rule = mprt_rule_find(NULL, NULL, LIMIT_PROCESS_PEAK);
  static struct memprof_limit *holds;
  if (!rule || mprt_config.on_violation == VIOLATION_OFF)
    return;
  if (!holds) {
    holds = limit_new(0, mprt_rule_origin(rule, "", ""), rule_place(rule),
                      &rule->limit);
    return;
  }
  holds->origin = mprt_rule_origin(rule, "", "");
  holds->where = rule_place(rule);
  holds->floor = rule->limit.floor;
  holds->ceiling = rule->limit.ceiling;
}

void mprt_budget_init(void) {
  if (mprt_config.require)
    family_make();
  process_set();
}

bool mprt_limit_set(const char *section, const char *text, char *error,
                    size_t capacity) {
  struct limit limit;
  if (section && !*section)
    section = NULL;
  if (!limit_parse(text, !section, &limit, error, capacity))
    return false;
  if (!mprt_is_awake())
    return true;
  if (!mprt_lock(&mprt_registry_lock)) {
    snprintf(error, capacity, "a limit cannot be set in a signal handler");
    return false;
  }
  bool is_added = mprt_rule_add(section, NULL, 0, &limit);
  const struct memprof_function *function;
  if (is_added)
    process_set();
  for (uint32_t id = 1;
       is_added && (function = mprt_registry_function(id)) != NULL; id++)
    mprt_budget_add(function, false);
  mprt_unlock(&mprt_registry_lock);
  if (!is_added)
    snprintf(error, capacity, "no room for more limits");
  return is_added;
}

/* ---- Checking ---- */

/* The test in which a context stands; 0: none. */
static memprof_ref test_of(const struct memprof_node *node) {
  while (node && node->function) {
    const struct memprof_function *function =
        mprt_registry_function(node->function);
    if (function &&
        memprof_function_record(function)->flags & MEMPROF_RECORD_TEST)
      return mprt_ref(node);
    node = node->parent ? mprt_at(node->parent) : NULL;
  }
  return 0;
}

static bool is_worst(const struct memprof_limit *limit, uint64_t value) {
  uint64_t before = memprof_limit_excess(limit, limit->worst),
           now = memprof_limit_excess(limit, value);
  return !limit->worst_call || now > before ||
         (now == before && value > limit->worst);
}

/* Three fields that fit each other; and growing values are seldom. */
MPRT_COLD static void worst_set(struct memprof_limit *limit, uint64_t value,
                                uint64_t call,
                                const struct memprof_node *node) {
  static _Atomic uint32_t lock;
  if (!mprt_lock(&lock))
    return;
  if (is_worst(limit, value)) {
    __atomic_store_n(&limit->worst, value, __ATOMIC_RELAXED);
    __atomic_store_n(&limit->worst_call, call, __ATOMIC_RELAXED);
    limit->test = test_of(node);
  }
  mprt_unlock(&lock);
}

/* The program's sink. */
MPRT_COLD static void tell(const struct memprof_limit *broken, uint64_t value,
                           uint64_t call) {
  const struct memprof_function *function =
      mprt_registry_function(broken->function);
  const struct memprof_abi_record *record =
      function ? memprof_function_record(function) : NULL;
  const struct memprof_string *where =
      broken->where ? mprt_at(broken->where) : NULL;
  const struct limit limit = {broken->metric, broken->floor, broken->ceiling};
  char text[512], actual[40], range[96], number[32] = "";
  struct memprof_violation violation = {
      .function = record ? mprt_record_text(record, record->name) : "",
      .metric = limit_metric_name(limit.metric),
      .where = where ? where->text : "",
      .text = text,
      .floor = limit.floor,
      .ceiling = limit.ceiling,
      .actual = value,
      .call = call,
  };
  limit_value_text(actual, sizeof actual, limit.metric, value);
  limit_range_text(range, sizeof range, &limit);
  if (call)
    snprintf(number, sizeof number, " in call %llu", (unsigned long long)call);
  snprintf(text, sizeof text, "%s%s%s %s / %s%s", violation.function,
           *violation.function ? " " : "", violation.metric, actual, range,
           number);
  mprt_violated(&violation);
}

/* Returns what it is then. A signal handler may come, other threads only when
 * there are some: those are what the lock prefix costs for. */
static uint64_t count_up(uint64_t *counter) {
#ifdef __x86_64__
  if (mprt_is_single_threaded()) {
    uint64_t before = 1;
    __asm__ volatile("xaddq %0, %1" : "+r"(before), "+m"(*counter));
    return before + 1;
  }
#endif
  return __atomic_add_fetch(counter, 1, __ATOMIC_RELAXED);
}

void mprt_limit_judge(struct memprof_limit *limit, uint64_t value,
                      uint64_t call, const struct memprof_node *node) {
  count_up(&limit->checks);
  if (is_worst(limit, value))
    worst_set(limit, value, call, node);
  if (memprof_limit_excess(limit, value)) {
    __atomic_fetch_add(&limit->violations, 1, __ATOMIC_RELAXED);
    tell(limit, value, call);
  }
}

MPRT_COLD void
mprt_budget_check(struct mprt_budget *budget, const struct memprof_node *node,
                  const uint64_t values[MEMPROF_CALL_METRIC_COUNT]) {
  uint64_t call = count_up(&budget->calls);
  if (mprt_family && mprt_is_forked())
    atomic_store_explicit(&mprt_family->called[node->function], 1,
                          memory_order_relaxed);
  for (unsigned metric = 0; metric < MEMPROF_CALL_METRIC_COUNT; metric++)
    if (budget->limits[metric])
      mprt_limit_judge(mprt_at(budget->limits[metric]), values[metric], call,
                       node);
}

void mprt_budgets_end(void) { mprt_budget_count = 0; }

void mprt_budgets_reset(void) {
  for (uint32_t i = 0; i < mprt_budget_count; i++)
    if (mprt_budgets[i])
      mprt_budgets[i]->calls = 0;
}
