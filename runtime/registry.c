/* registry.c - modules and their functions: remembered while asleep, copied
 * into the image when awake, switched on and off by their live words. */
#define _GNU_SOURCE
#include "common/glob.h"
#include "runtime.h"
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
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

/* A live word of a function: each loaded copy has its own. */
struct word {
  uint32_t *live;
  uint32_t function;
  const unsigned char *module; /* start of its records */
};

struct known {
  uint32_t hash;
  uint32_t function; /* 0: an empty entry */
};

/* Arrays that grow by moving to new pages. Old pages stay: a reader without the
 * lock may still look at them. */
static struct module first_modules[32];
static struct module *modules = first_modules;
static size_t module_count, module_capacity = 32;
static struct word *words;
static size_t word_count, word_capacity;
static struct known *known; /* open addressing, a power of two */
static size_t known_capacity;
static struct memprof_function **_Atomic functions; /* index = id - 1 */
static size_t function_capacity;
static _Atomic uint32_t function_count;

static _Atomic uint32_t lock; /* of all of the above */
static bool is_awake;
static _Atomic bool is_active;

/* Makes room for one more element; keeps what is there. */
static bool grow(void **array, size_t count, size_t *capacity, size_t size) {
  if (count < *capacity)
    return true;
  size_t wanted = *capacity ? 2 * *capacity : 4096 / size;
  void *larger = mprt_pages(wanted * size);
  if (!larger)
    return false;
  if (count)
    memcpy(larger, *array, count * size);
  *array = larger;
  *capacity = wanted;
  return true;
}

/* ---- Names of modules ---- */

/* The loader knows the program only by argv[0]; the kernel knows its path. */
static const char *module_name(const void *start) {
  Dl_info info;
  if (!dladdr(start, &info))
    return NULL;
  const ElfW(Ehdr) *head = info.dli_fbase;
  bool is_program =
      head && getauxval(AT_PHDR) == (uintptr_t)head + head->e_phoff;
  return is_program ? NULL : info.dli_fname;
}

static void fill_string(void *record, const void *text) {
  strcpy(((struct memprof_string *)record)->text, text);
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
  void *string = mprt_arena_alloc(
      MEMPROF_KIND_STRING, sizeof(struct memprof_string) + strlen(path) + 1,
      fill_string, path);
  return string ? mprt_ref(string) : 0;
}

/* ---- Functions ---- */

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

static const char *record_text(const struct memprof_abi_record *record,
                               uint32_t offset) {
  return offset ? (const char *)record + offset : "";
}

static bool is_selected(const struct memprof_abi_record *record) {
  return glob_list_match(mprt_config.functions,
                         record_text(record, record->name),
                         record_text(record, record->signature));
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

/* Twice the table, or the first one. */
static bool known_grow(void) {
  size_t wanted = known_capacity ? 2 * known_capacity : 512;
  struct known *larger = mprt_pages(wanted * sizeof *larger);
  if (!larger)
    return false;
  for (size_t i = 0; i < known_capacity; i++)
    if (known[i].function) {
      size_t at = known[i].hash & (wanted - 1);
      while (larger[at].function)
        at = (at + 1) & (wanted - 1);
      larger[at] = known[i];
    }
  known = larger;
  known_capacity = wanted;
  return true;
}

/* The id of the record's function, a new one if need be; 0: no room. */
static uint32_t function_id(const struct memprof_abi_record *record,
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
  if (!grow(&array, count, &function_capacity,
            sizeof(struct memprof_function *)))
    return 0;
  struct copy copy = {record, count + 1, module};
  struct memprof_function *function =
      mprt_arena_alloc(MEMPROF_KIND_FUNCTION, sizeof *function + record->size,
                       fill_function, &copy);
  if (!function)
    return 0;
  ((struct memprof_function **)array)[count] = function;
  atomic_store_explicit(&functions, array, memory_order_release);
  atomic_store_explicit(&function_count, count + 1, memory_order_release);
  known[at] = (struct known){hash, count + 1};
  return count + 1;
}

static void set_live(const struct word *word) {
  const struct memprof_function *function =
      mprt_registry_function(word->function);
  __atomic_store_n(word->live,
                   is_active && function->selected ? word->function : 0,
                   __ATOMIC_RELAXED);
}

static uint32_t *record_live(const struct memprof_abi_record *record) {
  return (uint32_t *)((uintptr_t)&record->live +
                      (uintptr_t)(intptr_t)(int32_t)record->live);
}

static bool record_adopt(const struct memprof_abi_record *record,
                         const struct module *module) {
  uint32_t id = function_id(record, module->path);
  if (!id)
    return false;
  if (record->live == 0) /* left out: it has a name and a reason only */
    return true;
  void *array = words;
  if (!grow(&array, word_count, &word_capacity, sizeof *words))
    return false;
  words = array;
  words[word_count] = (struct word){record_live(record), id, module->start};
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
  module->path = module_path(module);
  while ((record = next_record(&at, module->stop))) {
    bool sound = is_sound(record);
    if (sound && record_adopt(record, module))
      continue;
    __atomic_fetch_add(&mprt_header()->dropped_functions, 1, __ATOMIC_RELAXED);
    if (!sound)
      say_refused();
  }
}

/* In-place functions run their hooks while asleep too: they need scratch
 * counters for all their lines. */
static void module_reserve_lines(const struct module *module) {
  const unsigned char *at = module->start;
  const struct memprof_abi_record *record;
  while ((record = next_record(&at, module->stop)))
    if (is_sound(record) && !mprt_frames_reserve_lines(record->line_count))
      mprt_message("no memory for the %u lines of '%s'", record->line_count,
                   record_text(record, record->name));
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
  /* before our lock: it takes the loader's, which a dlopen in another thread
   * holds while it registers */
  const char *name = module_name(start);
  if (!mprt_lock(&lock))
    return;
  struct module *module = module_find(start);
  void *array = modules;
  if (module) {
    module->registered++;
  } else if (grow(&array, module_count, &module_capacity, sizeof *modules)) {
    modules = array;
    module = &modules[module_count++];
    *module = (struct module){
        .start = start, .stop = stop, .registered = 1, .name = name};
    module_reserve_lines(module);
    if (is_awake)
      module_copy(module);
  }
  mprt_unlock(&lock);
}

/* The names stay in the image: numbers were counted under them. The words stay
 * as they are, for a program's own are unregistered before it ends. */
MPRT_EXPORT void __memprofpass_unregister(void *start, void *stop) {
  (void)stop;
  if (!mprt_lock(&lock))
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
  mprt_unlock(&lock);
}

void mprt_registry_wake(void) {
  if (!mprt_lock(&lock))
    return;
  if (!is_awake) {
    is_awake = true;
    for (size_t i = 0; i < module_count; i++)
      module_copy(&modules[i]);
  }
  mprt_unlock(&lock);
}

void mprt_registry_activate(bool active) {
  if (!mprt_lock(&lock))
    return;
  is_active = active;
  for (uint32_t id = 1; active && id <= function_count; id++) {
    struct memprof_function *function = functions[id - 1];
    function->selected = is_selected(memprof_function_record(function));
  }
  for (size_t i = 0; i < word_count; i++)
    set_live(&words[i]);
  mprt_unlock(&lock);
}

bool mprt_registry_is_active(void) {
  return atomic_load_explicit(&is_active, memory_order_relaxed);
}
