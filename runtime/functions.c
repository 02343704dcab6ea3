/* functions.c - from descriptors to functions: equal ones are one function,
 * with one id and one copy in the image. */
#include "functions.h"
#include "budget.h"
#include "common/glob.h"
#include "core.h"
#include <string.h>

struct known {
  uint32_t hash;
  uint32_t function; /* 0: an empty entry */
};

static struct known *known; /* open addressing, a power of two */
static struct known *named; /* the same, by name: not all functions */
static size_t known_capacity;
static struct memprof_function **_Atomic functions; /* index = id - 1 */
static size_t function_capacity;
static _Atomic uint32_t function_count;

#define LIVE_OFFSET offsetof(struct memprof_abi_record, live)

/* Over the bytes of a record without `live`, which differs between copies. */
static uint32_t record_hash(const struct memprof_abi_record *record) {
  uint64_t hash = record->size;
  for (size_t at = 0; at < record->size; at += 8) {
    uint64_t bytes;
    memcpy(&bytes, (const char *)record + at, 8);
    if (at == LIVE_OFFSET / 8 * 8)
      memset((char *)&bytes + LIVE_OFFSET % 8, 0, sizeof record->live);
    hash = (hash ^ bytes) * UINT64_C(0x9e3779b97f4a7c15);
    hash ^= hash >> 32;
  }
  return (uint32_t)hash;
}

static bool record_equals(const struct memprof_abi_record *a,
                          const struct memprof_abi_record *b) {
  size_t behind = LIVE_OFFSET + sizeof a->live;
  return a->size == b->size && memcmp(a, b, LIVE_OFFSET) == 0 &&
         memcmp((const char *)a + behind, (const char *)b + behind,
                a->size - behind) == 0;
}

const struct memprof_function *mprt_registry_function(uint32_t id) {
  if (id == 0 ||
      id > atomic_load_explicit(&function_count, memory_order_acquire))
    return NULL;
  return atomic_load_explicit(&functions, memory_order_acquire)[id - 1];
}

const char *mprt_record_text(const struct memprof_abi_record *record,
                             uint32_t offset) {
  return offset ? (const char *)record + offset : "";
}

static bool is_selected(const struct memprof_abi_record *record) {
  return glob_list_match(mprt_config.functions,
                         mprt_record_text(record, record->name),
                         mprt_record_text(record, record->signature));
}

struct copy {
  const struct memprof_abi_record *record;
  uint32_t id;
  memprof_ref module;
};

static void fill_function(void *record, const void *context) {
  struct memprof_function *function = record;
  const struct copy *copy = context;
  struct memprof_abi_record *inner =
      (struct memprof_abi_record *)(function + 1);
  function->id = copy->id;
  function->module = copy->module;
  function->selected = is_selected(copy->record);
  memcpy(inner, copy->record, copy->record->size);
  inner->live = 0;
}

static void known_move(struct known *from, struct known *to, size_t wanted) {
  for (size_t i = 0; i < known_capacity; i++)
    if (from[i].function) {
      size_t at = from[i].hash & (wanted - 1);
      while (to[at].function)
        at = (at + 1) & (wanted - 1);
      to[at] = from[i];
    }
}

/* Twice the tables, or the first ones. */
static bool known_grow(void) {
  size_t wanted = known_capacity ? 2 * known_capacity : 512;
  struct known *larger = mprt_pages(2 * wanted * sizeof *larger);
  if (!larger)
    return false;
  known_move(known, larger, wanted);
  known_move(named, larger + wanted, wanted);
  known = larger;
  named = larger + wanted;
  known_capacity = wanted;
  return true;
}

static const char *name_of(const struct memprof_abi_record *record) {
  return mprt_record_text(record, record->name);
}

/* Readers take functions of one name for one, if they are defined at one place:
 * the order of their events must be told across them. */
static void name_function(const struct memprof_abi_record *record,
                          uint32_t function) {
  uint32_t hash = 2166136261u;
  for (const char *c = name_of(record); *c; c++)
    hash = (hash ^ (unsigned char)*c) * 16777619u; /* FNV-1a */
  size_t at = hash & (known_capacity - 1);
  for (; named[at].function; at = (at + 1) & (known_capacity - 1)) {
    const struct memprof_function *other =
        mprt_registry_function(named[at].function);
    if (named[at].hash == hash &&
        strcmp(name_of(memprof_function_record(other)), name_of(record)) == 0) {
      mprt_order_name(function, other->id);
      return;
    }
  }
  named[at] = (struct known){hash, function};
}

uint32_t mprt_function_id(const struct memprof_abi_record *record,
                          memprof_ref module) {
  uint32_t count = function_count;
  if (2 * (count + 1) > known_capacity && !known_grow())
    return 0;
  uint32_t hash = record_hash(record);
  size_t at = hash & (known_capacity - 1);
  for (; known[at].function; at = (at + 1) & (known_capacity - 1))
    if (known[at].hash == hash &&
        record_equals(record, memprof_function_record(
                                  mprt_registry_function(known[at].function))))
      return known[at].function;

  void *array = functions;
  if (!mprt_most_take(MEMPROF_MOST_functions) ||
      !mprt_grow(&array, count, &function_capacity,
                 sizeof(struct memprof_function *)))
    return 0;
  atomic_store_explicit(&functions, array, memory_order_release);
  struct copy copy = {record, count + 1, module};
  struct memprof_function *function =
      mprt_arena_alloc(MEMPROF_KIND_FUNCTION, sizeof *function + record->size,
                       fill_function, &copy);
  if (!function)
    return 0;
  functions[count] = function;
  atomic_store_explicit(&function_count, count + 1, memory_order_release);
  known[at] = (struct known){hash, count + 1};
  name_function(record, count + 1);
  mprt_budget_add(function, true);
  return count + 1;
}

void mprt_functions_select(void) {
  for (uint32_t i = 0; i < function_count; i++)
    functions[i]->selected = is_selected(memprof_function_record(functions[i]));
}
