/* memprof/check.h - Check: limits fail the test that broke them.
 *
 *     #include <memprof/check.h>
 *     memprof_tcase_add_test(tcase, a_test);
 *
 * in place of tcase_add_test, with or without CK_FORK. In fork mode each test is
 * a process with a profile of its own, all of one run: `memprof report` adds them
 * up. Fixtures do not belong to the test.
 */
#ifndef MEMPROF_CHECK_H
#define MEMPROF_CHECK_H

#include <check.h>
#include <memprof/test.h>

/* Check tells a test function nothing but a number: that of its test here. */
struct memprof_check_test {
  const TTest *test;
  TTest around;
};
static struct memprof_check_test **memprof_check_tests;
static int memprof_check_count;

static inline void memprof_check_run(int number) {
  const TTest *test = memprof_check_tests[number]->test;
  const char *broken;
  memprof_test_start(NULL, test->name); /* Check tells no name of the case */
  test->fn(0);
  broken = memprof_test_stop();
  if (!broken)
    broken = memprof_test_unmeasured();
  if (broken)
    _ck_assert_failed(test->file, test->line, broken, NULL);
}

static inline void memprof_tcase_add_test(TCase *tcase, const TTest *test) {
  struct memprof_check_test *one =
      (struct memprof_check_test *)malloc(sizeof *one);
  struct memprof_check_test **longer = (struct memprof_check_test **)realloc(
      memprof_check_tests,
      ((size_t)memprof_check_count + 1) * sizeof(struct memprof_check_test *));
  if (!one || !longer)
    abort();
  one->test = test;
  one->around = *test;
  one->around.fn = memprof_check_run;
  memprof_check_tests = longer;
  memprof_check_tests[memprof_check_count] = one;
  _tcase_add_test(tcase, &one->around, 0, 0, memprof_check_count,
                  memprof_check_count + 1);
  memprof_check_count++;
}

/** METRIC (allocs, frees, bytes, peak, kept) of the largest call of FUNCTION in
 * this test is at most LIMIT. Holds asleep. */
#define ck_assert_memprof_le(FUNCTION, METRIC, LIMIT)                          \
  MEMPROF_LE_OR(MEMPROF_CHECK_FAIL, FUNCTION, METRIC, LIMIT)
#define MEMPROF_CHECK_FAIL(TEXT) ck_abort_msg("%s", TEXT)

#endif
