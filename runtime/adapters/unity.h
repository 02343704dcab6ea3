/* memprof/unity.h - ThrowTheSwitch's Unity: limits fail the test that broke
 * them.
 *
 *     #include <unity.h>
 *     #include <memprof/unity.h>
 *     void setUp(void) { ...; memprof_unity_start(); }
 *     void tearDown(void) { memprof_unity_stop(); ... }
 */
#ifndef MEMPROF_UNITY_H
#define MEMPROF_UNITY_H

#include <memprof/test.h>

static inline void memprof_unity_start(void) {
  memprof_test_start(Unity.TestFile, Unity.CurrentTestName);
}

static inline void memprof_unity_stop(void) {
  const char *broken = memprof_test_stop();
  if (!broken)
    broken = memprof_test_unmeasured();
  if (broken)
    TEST_FAIL_MESSAGE(broken);
}

/** METRIC (allocs, frees, bytes, peak, kept) of the largest call of FUNCTION in
 * this test is at most LIMIT. Holds asleep. */
#define TEST_ASSERT_MEMPROF_LE(FUNCTION, METRIC, LIMIT)                        \
  MEMPROF_LE_OR(TEST_FAIL_MESSAGE, FUNCTION, METRIC, LIMIT)

#endif
