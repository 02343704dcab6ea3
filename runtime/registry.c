/* registry.c - modules and their functions: remembered while asleep, copied
 * into the image when awake, switched on and off by their words: each function
 * by its own, and all of a module by one that is not 0 while one of them is. */
#define _GNU_SOURCE
#include "functions.h"
#include "object_at.h"
#include <errno.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* The records [start, stop) of one program or shared object. */
struct module {
  const unsigned char *start, *stop;
  unsigned registered; /* by how many of its translation units */
  memprof_ref path;    /* STRING; 0 while asleep or unknown */
  const char *name;    /* the loader's, valid while the module is loaded */
};

/* A live word of a function: each loaded copy has its own. Those of a module
 * lie side by side. */
struct word {
  uint32_t *live;
  uint32_t *awake; /* the module's; NULL when an older pass made all of it */
  uint32_t function;
  const unsigned char *module; /* start of its records */
};

static struct module first_modules[32];
static struct module *modules = first_modules;
static size_t module_count, module_capacity = 32;
static struct word *words;
static size_t word_count, word_capacity;
static memprof_ref *units; /* the UNIT records */
static size_t unit_count, unit_capacity;

_Atomic uint32_t mprt_registry_lock; /* of all of the above */
static bool is_awake;
static _Atomic bool is_active;

/* ---- Names of modules ---- */

/* The loader knows the program only by argv[0]; the kernel knows its path. */
static const char *module_name(const void *start) {
  struct mprt_object object;
  bool is_known = mprt_object_find(&object, start);
  bool is_program = (uintptr_t)object.headers == getauxval(AT_PHDR);
  return is_known && !is_program ? object.name : NULL;
}

static memprof_ref module_path(const struct module *module) {
  char program[4096];
  const char *path = module->name;
  if (!path) {
    int kept = errno;
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    errno = kept;
    if (length <= 0)
      return 0;
    program[length] = 0;
    path = program;
  }
  return mprt_string_new(path);
}

/* ---- Live words ---- */

static void set_live(const struct word *word) {
  const struct memprof_function *function =
      mprt_registry_function(word->function);
  __atomic_store_n(word->live,
                   is_active && function->selected ? word->function : 0,
                   __ATOMIC_RELAXED);
}

/* What the modules' words say follows from their functions', which are set. A
 * function may be called in between: it sees the old word or the new one. */
static void set_awake(void) {
  for (size_t i = 0, first = 0; i < word_count; first = i) {
    uint32_t is_any_live = 0;
    for (; i < word_count && words[i].module == words[first].module; i++)
      is_any_live |= *words[i].live != 0;
    if (words[first].awake)
      __atomic_store_n(words[first].awake, is_any_live, __ATOMIC_RELAXED);
  }
}

/* The word that a field names by its distance. */
static uint32_t *word_at(const uint32_t *field) {
  return (uint32_t *)((uintptr_t)field + (uintptr_t)(intptr_t)(int32_t)*field);
}

static bool record_adopt(const struct memprof_abi_record *record,
                         const struct module *module, uint32_t *awake) {
  uint32_t id = mprt_function_id(record, module->path);
  if (!id)
    return false;
  if (record->live == 0) /* left out: it has a name and a reason only */
    return true;
  void *array = words;
  if (!mprt_grow(&array, word_count, &word_capacity, sizeof *words))
    return false;
  words = array;
  words[word_count] =
      (struct word){word_at(&record->live), awake, id, module->start};
  set_live(&words[word_count++]);
  return true;
}

/* ---- Records of a module ---- */

/* The next whole record at or after *at, which moves behind it; NULL at the
 * end. Skips the linker's padding. */
static const struct memprof_abi_record *next_record(const unsigned char **at,
                                                    const unsigned char *stop) {
  while ((size_t)(stop - *at) >= 8) {
    const struct memprof_abi_record *record = (const void *)*at;
    if (record->size == 0) {
      *at += 8;
      continue;
    }
    if (record->size % 8 || record->size > (size_t)(stop - *at))
      return NULL;
    *at += record->size;
    return record;
  }
  return NULL;
}

/* The description of a translation unit stands among the functions. Those of
 * older passes end before `awake`, but their texts do not. */
static bool is_unit(const struct memprof_abi_record *record) {
  return record->size >= sizeof(struct memprof_abi_unit) &&
         record->flags & MEMPROF_RECORD_UNIT;
}

static bool has_awake(const struct memprof_abi_record *unit) {
  return unit->flags & MEMPROF_RECORD_HAS_AWAKE;
}

/* The word of the whole module, which each of its units names. */
static uint32_t *module_awake(const struct module *module) {
  const unsigned char *at = module->start;
  const struct memprof_abi_record *record;
  while ((record = next_record(&at, module->stop)))
    if (is_unit(record) && has_awake(record))
      return word_at(&((const struct memprof_abi_unit *)record)->awake);
  return NULL;
}

struct unit_copy {
  const struct memprof_abi_record *record;
  memprof_ref module;
};

static void fill_unit(void *record, const void *context) {
  struct memprof_unit *unit = record;
  const struct unit_copy *copy = context;
  unit->module = copy->module;
  memcpy(unit + 1, copy->record, copy->record->size);
  if (has_awake(copy->record))
    ((struct memprof_abi_unit *)(unit + 1))->awake = 0;
}

static bool unit_equals(const struct memprof_abi_unit *known,
                        const struct memprof_abi_unit *unit) {
  size_t at = offsetof(struct memprof_abi_unit, awake);
  size_t behind = at + (unit->flags & MEMPROF_RECORD_HAS_AWAKE ? 4 : 0);
  return known->size == unit->size && memcmp(known, unit, at) == 0 &&
         memcmp((const char *)known + behind, (const char *)unit + behind,
                unit->size - behind) == 0;
}

/* A module that comes back brings the same ones. */
static bool unit_is_known(const struct memprof_abi_record *record) {
  for (size_t i = 0; i < unit_count; i++)
    if (unit_equals(memprof_unit_description(mprt_at(units[i])),
                    (const void *)record))
      return true;
  return false;
}

/* Which compiler made a module's marked functions: nothing is counted under it,
 * so one that finds no room is left out. */
static void unit_adopt(const struct memprof_abi_record *record,
                       const struct module *module) {
  struct unit_copy copy = {record, module->path};
  void *array = units;
  if (record->abi != MEMPROF_ABI_VERSION || unit_is_known(record) ||
      !mprt_grow(&array, unit_count, &unit_capacity, sizeof *units))
    return;
  units = array;
  void *unit = mprt_arena_alloc(MEMPROF_KIND_UNIT,
                                sizeof(struct memprof_unit) + record->size,
                                fill_unit, &copy);
  if (unit)
    units[unit_count++] = mprt_ref(unit);
}

/* Offsets that the runtime follows lie inside; readers check the others. */
static bool is_sound(const struct memprof_abi_record *record) {
  const uint32_t texts[] = {record->name, record->signature};
  if (record->size < sizeof *record || record->abi != MEMPROF_ABI_VERSION ||
      record->line_count == 0 || record->lines > record->size ||
      record->line_count >
          (record->size - record->lines) / sizeof(struct memprof_abi_line))
    return false;
  for (unsigned i = 0; i < 2; i++)
    if (texts[i] >= record->size ||
        !memchr((const char *)record + texts[i], 0, record->size - texts[i]))
      return false;
  return true;
}

static void say_refused(void) {
  static _Atomic bool said;
  if (!atomic_exchange(&said, true))
    mprt_message("a module was built by another version of the plugin: its "
                 "marked functions are not profiled; rebuild it");
}

static void module_copy(struct module *module) {
  const unsigned char *at = module->start;
  const struct memprof_abi_record *record;
  uint32_t *awake = module_awake(module);
  module->path = module_path(module);
  while ((record = next_record(&at, module->stop))) {
    if (is_unit(record)) {
      unit_adopt(record, module);
      continue;
    }
    bool sound = is_sound(record);
    if (sound && record_adopt(record, module, awake))
      continue;
    mprt_drop(&mprt_header()->dropped_functions);
    if (!sound)
      say_refused();
  }
  set_awake();
}

/* In-place functions run their hooks while asleep too: they need scratch
 * counters for all their lines. */
static void module_reserve_lines(const struct module *module) {
  const unsigned char *at = module->start;
  const struct memprof_abi_record *record;
  while ((record = next_record(&at, module->stop)))
    if (!is_unit(record) && is_sound(record) &&
        !mprt_frames_reserve_lines(record->line_count))
      mprt_message("no memory for the %u lines of '%s'", record->line_count,
                   mprt_record_text(record, record->name));
}

static struct module *module_find(const void *start) {
  for (size_t i = 0; i < module_count; i++)
    if (modules[i].start == start)
      return &modules[i];
  return NULL;
}

MPRT_EXPORT void __memprofpass_register(void *start, void *stop) {
  if (start == stop)
    return;
  mprt_init();
  mprt_fork_arm();
  /* before our lock: it takes the loader's, which a dlopen in another thread
   * holds while it registers */
  const char *name = module_name(start);
  if (!mprt_lock(&mprt_registry_lock))
    return;
  struct module *module = module_find(start);
  void *array = modules;
  if (module) {
    module->registered++;
  } else if (mprt_grow(&array, module_count, &module_capacity,
                       sizeof *modules)) {
    modules = array;
    module = &modules[module_count++];
    *module = (struct module){
        .start = start, .stop = stop, .registered = 1, .name = name};
    module_reserve_lines(module);
    if (is_awake)
      module_copy(module);
  }
  mprt_unlock(&mprt_registry_lock);
}

/* The names stay in the image: numbers were counted under them. The words stay
 * as they are, for a program's own are unregistered before it ends. */
MPRT_EXPORT void __memprofpass_unregister(void *start, void *stop) {
  (void)stop;
  if (!mprt_lock(&mprt_registry_lock))
    return;
  struct module *module = module_find(start);
  if (module && --module->registered == 0) {
    size_t left = 0;
    for (size_t i = 0; i < word_count; i++)
      if (words[i].module != start)
        words[left++] = words[i];
    word_count = left;
    *module = modules[--module_count];
  }
  mprt_unlock(&mprt_registry_lock);
}

void mprt_registry_wake(void) {
  if (!mprt_lock(&mprt_registry_lock))
    return;
  if (!is_awake) {
    is_awake = true;
    for (size_t i = 0; i < module_count; i++)
      module_copy(&modules[i]);
  }
  mprt_unlock(&mprt_registry_lock);
}

void mprt_registry_activate(bool active) {
  if (!mprt_lock(&mprt_registry_lock))
    return;
  is_active = active;
  if (active)
    mprt_functions_select();
  for (size_t i = 0; i < word_count; i++)
    set_live(&words[i]);
  set_awake();
  mprt_unlock(&mprt_registry_lock);
}

bool mprt_registry_is_active(void) {
  return atomic_load_explicit(&is_active, memory_order_relaxed);
}
