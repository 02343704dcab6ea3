/* memprof/cpputest.h - CppUTest: limits fail the test that broke them.
 *
 *     #include <memprof/cpputest.h>
 *     int main(int argc, char **argv) {
 *       memprof::cpputest_plugin plugin;
 *       TestRegistry::getCurrentRegistry()->installPlugin(&plugin);
 *       return CommandLineTestRunner::RunAllTests(argc, argv);
 *     }
 *
 * The plugin's test begins before setup() and ends after teardown().
 */
#ifndef MEMPROF_CPPUTEST_H
#define MEMPROF_CPPUTEST_H

#include <memprof/test.h>

#include <CppUTest/TestHarness.h>
#include <CppUTest/TestPlugin.h>
#include <CppUTest/TestRegistry.h>
#include <CppUTest/TestResult.h>

namespace memprof {

class cpputest_plugin : public TestPlugin {
public:
  cpputest_plugin() : TestPlugin("MemProf") {}

  void preTestAction(UtestShell &test, TestResult &) override {
    memprof_test_start(test.getGroup().asCharString(),
                       test.getName().asCharString());
  }

  void postTestAction(UtestShell &test, TestResult &result) override {
    if (const char *broken = memprof_test_stop())
      result.addFailure(TestFailure(&test, broken));
    if (const char *why = memprof_test_unmeasured())
      result.addFailure(TestFailure(&test, why));
  }
};

} // namespace memprof

/** METRIC (allocs, frees, bytes, peak, kept) of the largest call of FUNCTION in
 * this test is at most LIMIT. Holds asleep. */
#define CHECK_MEMPROF_LE(FUNCTION, METRIC, LIMIT)                              \
  MEMPROF_LE_OR(FAIL, FUNCTION, METRIC, LIMIT)

#endif
