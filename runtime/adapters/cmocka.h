/* memprof/cmocka.h - cmocka: limits fail the test that broke them.
 *
 *     #include <memprof/cmocka.h>    // after cmocka.h and what it needs
 *     return memprof_cmocka_run_group_tests(tests, NULL, NULL);
 *
 * in place of cmocka_run_group_tests; setup and teardown functions do not belong
 * to the test. One group runs at a time.
 */
#ifndef MEMPROF_CMOCKA_H
#define MEMPROF_CMOCKA_H

#include <cmocka.h>
#include <memprof/test.h>

/* A test of the group as it was given, and what its functions see as *state. */
struct memprof_cmocka_test {
  const struct CMUnitTest *test;
  const char *group;
  void *state;
};

static struct {
  CMFixtureFunction setup;
  void *state; /* what the group's setup left for the tests */
} memprof_cmocka_group;

static inline int memprof_cmocka_group_setup(void **state) {
  int failed =
      memprof_cmocka_group.setup ? memprof_cmocka_group.setup(state) : 0;
  memprof_cmocka_group.state = *state;
  return failed;
}

static inline int memprof_cmocka_setup(void **state) {
  struct memprof_cmocka_test *one = (struct memprof_cmocka_test *)*state;
  one->state = one->test->initial_state ? one->test->initial_state
                                        : memprof_cmocka_group.state;
  return one->test->setup_func ? one->test->setup_func(&one->state) : 0;
}

static inline void memprof_cmocka_test(void **state) {
  struct memprof_cmocka_test *one = (struct memprof_cmocka_test *)*state;
  const char *broken;
  memprof_test_start(one->group, one->test->name);
  one->test->test_func(&one->state);
  broken = memprof_test_stop();
  if (!broken)
    broken = memprof_test_unmeasured();
  if (broken)
    fail_msg("%s", broken);
}

static inline int memprof_cmocka_teardown(void **state) {
  struct memprof_cmocka_test *one = (struct memprof_cmocka_test *)*state;
  memprof_test_stop(); /* a test that failed left by longjmp */
  return one->test->teardown_func ? one->test->teardown_func(&one->state) : 0;
}

static inline int memprof_cmocka_run(const char *group,
                                     const struct CMUnitTest *tests,
                                     size_t count, CMFixtureFunction setup,
                                     CMFixtureFunction teardown) {
  struct CMUnitTest *ours =
      (struct CMUnitTest *)calloc(count ? count : 1, sizeof *ours);
  struct memprof_cmocka_test *around =
      (struct memprof_cmocka_test *)calloc(count ? count : 1, sizeof *around);
  int failed = -1;
  size_t i;
  for (i = 0; ours && around && i < count; i++) {
    around[i].test = &tests[i];
    around[i].group = group;
    ours[i] = tests[i];
    ours[i].setup_func = memprof_cmocka_setup;
    ours[i].test_func = memprof_cmocka_test;
    ours[i].teardown_func = memprof_cmocka_teardown;
    ours[i].initial_state = &around[i];
  }
  memprof_cmocka_group.setup = setup;
  if (ours && around)
    failed = _cmocka_run_group_tests(group, ours, count,
                                     memprof_cmocka_group_setup, teardown);
  free(ours);
  free(around);
  return failed;
}

#define memprof_cmocka_run_group_tests(TESTS, SETUP, TEARDOWN)                 \
  memprof_cmocka_run(#TESTS, TESTS, sizeof(TESTS) / sizeof *(TESTS), SETUP,    \
                     TEARDOWN)

/** METRIC (allocs, frees, bytes, peak, kept) of the largest call of FUNCTION in
 * this test is at most LIMIT. Holds asleep. */
#define assert_memprof_le(FUNCTION, METRIC, LIMIT)                             \
  MEMPROF_LE_OR(MEMPROF_CMOCKA_FAIL, FUNCTION, METRIC, LIMIT)
#define MEMPROF_CMOCKA_FAIL(TEXT) fail_msg("%s", TEXT)

#endif
