// Modules and functions: remembered while asleep, copied once when awake,
// switched by globs, forgotten when unloaded; what cannot be read is refused.
//
// RUN: %unit %s -o %t && %t 2>&1 | FileCheck %s
#include "records.h"
#include <unistd.h>

//     CHECK: memprof: a module was built by another version of the plugin: its
// CHECK-NOT: memprof: a module
//     CHECK: done

static const char *const names[4] = {"one", "two", "ns::three", "four"};
static struct test_module first, copy, late, old;

static unsigned function_count(void) {
  unsigned id = 1;
  while (mprt_registry_function(id))
    id++;
  return id - 1;
}

static void asleep(void) {
  test_module_make(&first, names);
  test_module_make(&copy, names);
  first.functions[3].record.head.live = 0; /* left out, with a reason */
  first.functions[3].record.head.reason = first.functions[3].record.head.name;
  test_module_register(&first);
  test_module_register(&first); /* each of its translation units */
  test_module_register(&copy);
  __memprofpass_register(&first, &first); /* a module without functions */
  CHECK(first.live[0] == 0 && mprt_registry_function(1) == NULL);
  /* in-place functions run while asleep: their lines have somewhere to go */
  struct test_frame *frame = __memprofpass_enter(&first.live[0]);
  at_line(frame, LINES - 1);
  __memprofpass_exit(frame);
  CHECK(mprt_thread() == NULL);
}

/* Many ranges, more than are kept without asking for memory. */
static void crowd(void) {
  static struct test_module others[100];
  static const char *const none[4] = {"x", "x", "x", "x"};
  for (int i = 0; i < 100; i++) {
    test_module_make(&others[i], none);
    test_module_register(&others[i]);
  }
  for (int i = 0; i < 100; i++)
    test_module_unregister(&others[i]);
}

static void wakes(void) {
  CHECK(mprt_arena_open());
  mprt_registry_wake();
  /* equal descriptors share an id; the left-out copy of `four` differs */
  CHECK(function_count() == 5);
  CHECK(first.live[0] == 0); /* not before it is active */
  strcpy(mprt_config.functions, "*,!two");
  mprt_registry_activate(true);
  CHECK(mprt_registry_is_active());
  CHECK(first.live[0] == 1 && copy.live[0] == 1);
  CHECK(first.live[1] == 0 && copy.live[1] == 0);
  CHECK(first.live[2] == 3 && copy.live[2] == 3);
  CHECK(first.live[3] == 0 && copy.live[3] == 5);
  CHECK(mprt_registry_function(1)->selected == 1);
  CHECK(mprt_registry_function(2)->selected == 0);
  const struct memprof_abi_record *record =
      memprof_function_record(mprt_registry_function(3));
  CHECK_TEXT((const char *)record + record->name, "ns::three");
  CHECK(record->live == 0 && record->line_count == LINES);
}

static void module_is_named(void) {
  char path[4096];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  path[length > 0 ? length : 0] = 0;
  const struct memprof_string *name =
      mprt_at(mprt_registry_function(1)->module);
  CHECK(mprt_registry_function(1)->module != 0);
  CHECK_TEXT(name->text, path);
}

static void globs(void) {
  strcpy(mprt_config.functions, "ns::*,two");
  mprt_registry_activate(true);
  CHECK(first.live[0] == 0 && first.live[1] == 2 && first.live[2] == 3);
  CHECK(mprt_registry_function(1)->selected == 0);
  mprt_registry_activate(false);
  CHECK(!mprt_registry_is_active());
  CHECK(first.live[1] == 0 && copy.live[2] == 0);
  mprt_registry_activate(true);
}

static void loaded_late(void) {
  static const char *const more[4] = {"two", "five", "ns::six", "seven"};
  test_module_make(&late, more);
  test_module_register(&late);
  CHECK(function_count() == 8);
  CHECK(late.live[0] == 2 && late.live[1] == 0 && late.live[2] == 7);
}

static void unloaded(void) {
  test_module_unregister(&first);
  CHECK(first.live[1] == 2);
  mprt_registry_activate(false);
  CHECK(first.live[1] == 0); /* registered twice, still there */
  mprt_registry_activate(true);
  test_module_unregister(&first);
  test_module_unregister(&first);
  memset(&first, 0xee, sizeof first); /* its memory is gone */
  mprt_registry_activate(false);
  CHECK(first.live[1] == 0xeeeeeeee && copy.live[1] == 0);
  CHECK(function_count() == 8);
}

static void refused(void) {
  test_module_make(&old, names);
  for (int i = 0; i < 2; i++)
    old.functions[i].record.head.abi = MEMPROF_ABI_VERSION + 1;
  strcpy(old.functions[2].record.name, "after");
  old.functions[3].record.head.size += 4; /* no record: the walk ends */
  test_module_register(&old);
  CHECK(function_count() == 9);
  CHECK(mprt_header()->dropped_functions == 2);
}

/* A table of functions that outgrows its pages; ids stay what they were. */
static void many(void) {
  static struct test_module modules[1000];
  for (int i = 0; i < 1000; i++) {
    char text[4][32];
    const char *const own[4] = {text[0], text[1], text[2], text[3]};
    for (int k = 0; k < 4; k++)
      snprintf(text[k], sizeof text[k], "ns::f%d", 4 * i + k);
    test_module_make(&modules[i], own);
    test_module_register(&modules[i]);
  }
  mprt_registry_activate(true);
  CHECK(function_count() == 9 + 4000);
  for (uint32_t i = 0; i < 4000; i++)
    CHECK(modules[i / 4].live[i % 4] == 10 + i);
}

/* A translation unit's description is no function, and stands once. */
static struct unit {
  struct memprof_abi_unit head;
  char source[12];
} unit = {.head = {.size = sizeof unit,
                   .abi = MEMPROF_ABI_VERSION,
                   .flags = MEMPROF_RECORD_UNIT,
                   .source = sizeof unit.head},
          .source = "unit.c"};

static unsigned units;
static void unit_visit(const struct memprof_head *record, void *context) {
  const struct memprof_unit *found = (const void *)record;
  (void)context;
  if (record->kind != MEMPROF_KIND_UNIT)
    return;
  const struct memprof_abi_unit *copied = memprof_unit_description(found);
  units += strcmp((const char *)copied + copied->source, "unit.c") == 0 &&
           found->module != 0;
}

static void descriptions(void) {
  unsigned functions = function_count();
  uint64_t dropped = mprt_header()->dropped_functions;
  for (int i = 0; i < 2; i++) {
    __memprofpass_register(&unit, &unit + 1);
    __memprofpass_unregister(&unit, &unit + 1);
  }
  image_walk(unit_visit, NULL);
  CHECK(units == 1 && function_count() == functions);
  CHECK(mprt_header()->dropped_functions == dropped);
}

/* All functions of an object test one word: it says whether one is live. */
static void word_of_an_object(void) {
  static struct test_module made;
  static struct {
    struct test_function function;
    struct unit unit;
  } object;
  static uint32_t awake;
  test_function_make(&made, 0, "object::f");
  object.function = made.functions[0];
  object.unit = unit;
  uint32_t *live = &object.function.record.head.live;
  uint32_t *distance = &object.unit.head.awake;
  *live = (uint32_t)((uintptr_t)&made.live[0] - (uintptr_t)live);
  *distance = (uint32_t)((uintptr_t)&awake - (uintptr_t)distance);
  object.unit.head.flags |= MEMPROF_RECORD_HAS_AWAKE;

  strcpy(mprt_config.functions, "*");
  mprt_registry_activate(true);
  __memprofpass_register(&object, &object + 1);
  CHECK(made.live[0] != 0 && awake == 1);
  strcpy(mprt_config.functions, "*,!object::*");
  mprt_registry_activate(true);
  CHECK(made.live[0] == 0 && awake == 0);
  strcpy(mprt_config.functions, "object::*");
  mprt_registry_activate(true);
  CHECK(made.live[0] != 0 && awake == 1);
  mprt_registry_activate(false);
  CHECK(made.live[0] == 0 && awake == 0);
  __memprofpass_unregister(&object, &object + 1);
}

int main(void) {
  mprt_init();
  asleep();
  crowd();
  wakes();
  module_is_named();
  globs();
  loaded_late();
  unloaded();
  refused();
  many();
  descriptions();
  word_of_an_object();
  fprintf(stderr, "done\n");
  return CHECK_RESULT();
}
