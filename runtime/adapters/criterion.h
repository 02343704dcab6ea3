/* memprof/criterion.h - Criterion: limits fail the test that broke them.
 *
 *     #include <memprof/criterion.h>
 *     MEMPROF_TEST(suite, name) { ... }
 *
 * in place of Test. Each test is a process with a profile of its own, all of one
 * run: `memprof report` adds them up. What .init and .fini do does not belong to
 * the test.
 */
#ifndef MEMPROF_CRITERION_H
#define MEMPROF_CRITERION_H

#include <criterion/criterion.h>
#include <memprof/test.h>

static inline void memprof_criterion_run(void (*body)(void)) {
  const char *broken;
  memprof_test_start(criterion_current_test->category,
                     criterion_current_test->name);
  body();
  broken = memprof_test_stop();
  if (!broken)
    broken = memprof_test_unmeasured();
  if (broken)
    cr_assert_fail("%s", broken);
}

/** A test, with what Criterion's own Test may have behind its name. */
#define MEMPROF_TEST(SUITE, NAME, ...)                                         \
  static void SUITE##_##NAME##_body(void);                                     \
  Test(SUITE, NAME, ##__VA_ARGS__) {                                           \
    memprof_criterion_run(SUITE##_##NAME##_body);                              \
  }                                                                            \
  static void SUITE##_##NAME##_body(void)

/** METRIC (allocs, frees, bytes, peak, kept) of the largest call of FUNCTION in
 * this test is at most LIMIT. Holds asleep. */
#define cr_assert_memprof_le(FUNCTION, METRIC, LIMIT)                          \
  MEMPROF_LE_OR(MEMPROF_CRITERION_FAIL, FUNCTION, METRIC, LIMIT)
#define MEMPROF_CRITERION_FAIL(TEXT) cr_assert_fail("%s", TEXT)

#endif
