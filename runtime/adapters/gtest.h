/* memprof/gtest.h - GoogleTest: limits fail the test that broke them.
 *
 *     #include <memprof/gtest.h>
 *     MEMPROF_GTEST_LISTENER;        // once, in any one source file
 *
 * Each test is a test of MemProf's report; a limit that is broken during a test
 * fails it, and it alone. What the functions took is recorded as properties
 * ("memprof.peak.parse"), which --gtest_output=xml writes. Asleep it does
 * nothing.
 */
#ifndef MEMPROF_GTEST_H
#define MEMPROF_GTEST_H

#include <gtest/gtest.h>
#include <memprof/test.h>
#include <string>

namespace memprof {

class gtest_listener : public testing::EmptyTestEventListener {
  void OnTestProgramStart(const testing::UnitTest &) override {
    if (const char *why = memprof_test_unmeasured())
      ADD_FAILURE() << why;
  }

  void OnTestStart(const testing::TestInfo &test) override {
    memprof_test_start(test.test_suite_name(), test.name());
  }

  void OnTestEnd(const testing::TestInfo &) override {
    memprof_each(record, nullptr);
    if (const char *broken = memprof_test_stop())
      ADD_FAILURE() << broken;
  }

  static void record(void *, const char *function,
                     const struct memprof_stats *stats) {
    record_one("calls", function, stats->calls);
    record_one("allocs", function, stats->allocs);
    record_one("bytes", function, stats->bytes);
    record_one("peak", function, stats->largest.peak);
    record_one("kept", function, stats->kept);
  }

  static void record_one(const char *metric, const char *function,
                         unsigned long long value) {
    testing::Test::RecordProperty(std::string("memprof.") + metric + "." +
                                      function,
                                  std::to_string(value));
  }
};

inline testing::AssertionResult within(const char *function, const char *metric,
                                       unsigned long long limit) {
  if (const char *what = memprof_test_exceeds(function, metric, limit))
    return testing::AssertionFailure() << what;
  return testing::AssertionSuccess();
}

} // namespace memprof

/** METRIC (allocs, frees, bytes, peak, kept) of the largest call of FUNCTION in
 * this test is at most LIMIT: EXPECT_MEMPROF_LE("parse", peak, 1_MiB) with
 * `using namespace memprof::literals`. Holds asleep. */
#define EXPECT_MEMPROF_LE(FUNCTION, METRIC, LIMIT)                             \
  EXPECT_TRUE(memprof::within(FUNCTION, #METRIC, LIMIT))
#define ASSERT_MEMPROF_LE(FUNCTION, METRIC, LIMIT)                             \
  ASSERT_TRUE(memprof::within(FUNCTION, #METRIC, LIMIT))

/** At namespace scope, in one source file. */
#define MEMPROF_GTEST_LISTENER                                                 \
  static const bool memprof_gtest_listens =                                    \
      (testing::UnitTest::GetInstance()->listeners().Append(                   \
           new memprof::gtest_listener),                                       \
       true)

#endif
