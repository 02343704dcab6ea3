/* memprof/boost_test.h - Boost.Test: limits fail the test case that broke them.
 *
 *     #include <boost/test/unit_test.hpp>   // or an included/ variant
 *     #include <memprof/boost_test.h>
 *     MEMPROF_BOOST_OBSERVER;                // once, at namespace scope
 */
#ifndef MEMPROF_BOOST_TEST_H
#define MEMPROF_BOOST_TEST_H

#include <boost/test/unit_test.hpp>
#include <memprof/test.h>
#include <vector>

namespace memprof {

/* Innermost of a test case's fixtures: those of suites and decorators do not
 * belong to the test. */
class boost_fixture : public boost::unit_test::test_unit_fixture {
public:
  explicit boost_fixture(const boost::unit_test::test_unit &unit)
      : test(unit) {}

  void setup() override {
    const auto &suite = boost::unit_test::framework::get(
        test.p_parent_id, boost::unit_test::TUT_SUITE);
    memprof_test_start(suite.p_name->c_str(), test.p_name->c_str());
  }

  void teardown() override {
    if (const char *broken = memprof_test_stop())
      BOOST_ERROR(broken);
    if (const char *why = memprof_test_unmeasured())
      BOOST_ERROR(why);
  }

private:
  const boost::unit_test::test_unit &test;
};

/* What an observer finds at the end of a test case can no longer fail it: so it
 * brings a fixture at the start. */
class boost_observer : public boost::unit_test::test_observer {
public:
  void test_unit_start(const boost::unit_test::test_unit &unit) override {
    if (unit.p_type == boost::unit_test::TUT_CASE)
      fixtures(unit).push_back(
          boost::unit_test::test_unit_fixture_ptr(new boost_fixture(unit)));
  }

  void test_unit_finish(const boost::unit_test::test_unit &unit,
                        unsigned long) override {
    if (unit.p_type == boost::unit_test::TUT_CASE)
      fixtures(unit).pop_back();
  }

private:
  static std::vector<boost::unit_test::test_unit_fixture_ptr> &
  fixtures(const boost::unit_test::test_unit &unit) {
    return const_cast<boost::unit_test::test_unit &>(unit).p_fixtures.value;
  }
};

/* Boost destroys this while it walks its list of observers: ours stays. */
struct boost_configuration {
  boost_configuration() {
    static boost_observer observer;
    boost::unit_test::framework::register_observer(observer);
  }
};

} // namespace memprof

#define MEMPROF_BOOST_OBSERVER                                                 \
  typedef memprof::boost_configuration memprof_boost_configuration;            \
  BOOST_TEST_GLOBAL_CONFIGURATION(memprof_boost_configuration)

/** METRIC (allocs, frees, bytes, peak, kept) of the largest call of FUNCTION in
 * this test is at most LIMIT. Holds asleep. */
#define BOOST_CHECK_MEMPROF_LE(FUNCTION, METRIC, LIMIT)                        \
  MEMPROF_LE_OR(BOOST_ERROR, FUNCTION, METRIC, LIMIT)

#endif
