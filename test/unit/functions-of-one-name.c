// Functions of one name, as the two bodies of a C++ constructor, are one in a
// report: the latest event of any of them is known. It takes a clock only when
// they are called in several threads.
//
// RUN: %unit %s -o %t && %t
#include "records.h"
#include <pthread.h>

/* The same names again; their lines are others, so the functions are, too. */
static struct test_module twins, late;

static void again(struct test_module *module, uint32_t first_line) {
  static const char *const names[4] = {"a", "b", "c", "ns::d"};
  test_module_make(module, names);
  for (unsigned i = 0; i < 4; i++)
    module->functions[i].record.lines[1].line = first_line;
  test_module_register(module);
}

static NOINLINE void allocate(struct test_module *module, unsigned function,
                              uintptr_t number) {
  struct test_frame *frame = __memprofpass_enter(&module->live[function]);
  at_line(frame, 1);
  test_malloc(block(number), 10);
  __memprofpass_exit(frame);
}

static void stamp_visit(const struct memprof_head *record, void *context) {
  const struct memprof_line *line = (const void *)record;
  uint64_t *stamp = context; /* of the function whose id it was */
  if (record->kind == MEMPROF_KIND_LINE && line->function == stamp[1] &&
      line->line == 1 && line->stamp > stamp[0])
    stamp[0] = line->stamp;
}

/* Of the latest event on line 1. */
static uint64_t stamp_of(const struct test_module *module, unsigned function) {
  uint64_t stamp[2] = {0, module->live[function]};
  image_walk(stamp_visit, stamp);
  return stamp[0];
}

static bool is_many(const struct test_module *module, unsigned function) {
  return mprt_order_of(module->live[function]) & MPRT_MANY;
}

static void in_one_thread(void) {
  for (uintptr_t i = 1; i <= 10; i++)
    allocate(i % 2 ? &test : &twins, A, i);
  CHECK(stamp_of(&twins, A) > stamp_of(&test, A));
  CHECK(!is_many(&test, A) && !is_many(&twins, A));
  CHECK(!mprt_has_clocked);
}

/* Fewer events than the first thread has had, but a later one. */
static void *second(void *argument) {
  allocate(&twins, B, 20);
  allocate(&twins, C, 21);
  return argument;
}

static void in_two_threads(void) {
  pthread_t thread;
  allocate(&test, B, 11);
  CHECK(!is_many(&test, B) && !is_many(&twins, B) && !is_many(&late, B));
  pthread_create(&thread, NULL, second, NULL);
  pthread_join(thread, NULL);
  CHECK(is_many(&test, B) && is_many(&twins, B) && is_many(&late, B));
  CHECK(mprt_order_of(0) & MPRT_MANY); /* outside: both threads were there */
  CHECK(stamp_of(&twins, B) > stamp_of(&test, B));
  allocate(&test, B, 12);
  CHECK(stamp_of(&test, B) > stamp_of(&twins, B));
  allocate(&late, B, 13);
  CHECK(stamp_of(&late, B) > stamp_of(&test, B));

  CHECK(!is_many(&twins, C)); /* in one thread so far */
  allocate(&late, C, 14);
  CHECK(is_many(&test, C) && is_many(&twins, C) && is_many(&late, C));
  CHECK(stamp_of(&late, C) > stamp_of(&twins, C));
  CHECK(!is_many(&test, A) && !is_many(&test, D));
}

/* Loaded later, as by dlopen(). */
static void in_a_new_module(void) {
  static struct test_module more;
  again(&more, 300);
  mprt_registry_activate(true);
  CHECK(is_many(&more, B) && is_many(&more, C) && !is_many(&more, A));
  allocate(&more, B, 15);
  CHECK(stamp_of(&more, B) > stamp_of(&late, B));
}

int main(void) {
  test_wake("*");
  again(&twins, 100);
  again(&late, 200);
  mprt_registry_activate(true);
  in_one_thread();
  in_two_threads();
  in_a_new_module();
  return CHECK_RESULT();
}
