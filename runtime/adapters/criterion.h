/* memprof/criterion.h - Criterion: limits fail the test that broke them.
 *
 *     #include <memprof/criterion.h>
 *     Test(suite, name, MEMPROF_CRITERION) { ... }
 *
 * or for all tests of a suite: TestSuite(suite, MEMPROF_CRITERION). Each test is
 * a process with a profile of its own, all of one run: `memprof report` adds them
 * up. With fixtures of your own call memprof_criterion_start() at the end of
 * .init and memprof_criterion_stop() at the start of .fini.
 */
#ifndef MEMPROF_CRITERION_H
#define MEMPROF_CRITERION_H

#include <criterion/criterion.h>
#include <memprof/test.h>

static inline void memprof_criterion_start(void) {
  memprof_test_start(criterion_current_test->category,
                     criterion_current_test->name);
}

static inline void memprof_criterion_stop(void) {
  const char *broken = memprof_test_stop();
  if (!broken)
    broken = memprof_test_unmeasured();
  if (broken)
    cr_assert_fail("%s", broken);
}

#define MEMPROF_CRITERION                                                      \
  .init = memprof_criterion_start, .fini = memprof_criterion_stop

/** METRIC (allocs, frees, bytes, peak, kept) of the largest call of FUNCTION in
 * this test is at most LIMIT. Holds asleep. */
#define cr_assert_memprof_le(FUNCTION, METRIC, LIMIT)                          \
  do {                                                                         \
    const char *memprof_exceeds =                                              \
        memprof_test_exceeds(FUNCTION, #METRIC, LIMIT);                        \
    if (memprof_exceeds)                                                       \
      cr_assert_fail("%s", memprof_exceeds);                                   \
  } while (0)

#endif
