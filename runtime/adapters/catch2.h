/* memprof/catch2.h - Catch2, version 2: limits fail the test case that broke them.
 *
 *     #include <catch2/catch.hpp>
 *     #include <memprof/catch2.h>    // once, in any one source file
 *
 * A test case with sections is run once for each; each run is a run of the test.
 */
#ifndef MEMPROF_CATCH2_H
#define MEMPROF_CATCH2_H

#include <catch2/catch.hpp>
#include <memprof/test.h>

namespace memprof {

class catch2_listener : public Catch::TestEventListenerBase {
public:
  using TestEventListenerBase::TestEventListenerBase;

  void testCaseStarting(const Catch::TestCaseInfo &test) override {
    TestEventListenerBase::testCaseStarting(test);
    name = test.name;
    depth = 0;
  }

  /* The outermost section is the test case itself. */
  void sectionStarting(const Catch::SectionInfo &section) override {
    TestEventListenerBase::sectionStarting(section);
    if (depth++ == 0)
      memprof_test_start(nullptr, name.c_str());
  }

  void sectionEnded(const Catch::SectionStats &stats) override {
    if (--depth == 0) {
      if (const char *broken = memprof_test_stop())
        FAIL_CHECK(broken);
      if (const char *why = memprof_test_unmeasured())
        FAIL_CHECK(why);
    }
    TestEventListenerBase::sectionEnded(stats);
  }

private:
  std::string name;
  unsigned depth = 0;
};

/* its macro makes a name of it */
CATCH_REGISTER_LISTENER(catch2_listener)

} // namespace memprof

/** METRIC (allocs, frees, bytes, peak, kept) of the largest call of FUNCTION in
 * this test is at most LIMIT. Holds asleep. */
#define CHECK_MEMPROF_LE(FUNCTION, METRIC, LIMIT)                              \
  MEMPROF_LE_OR(FAIL_CHECK, FUNCTION, METRIC, LIMIT)

#endif
