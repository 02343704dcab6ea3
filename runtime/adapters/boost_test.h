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
#include <string>

namespace memprof {

class boost_observer : public boost::unit_test::test_observer {
public:
  void test_unit_start(const boost::unit_test::test_unit &unit) override {
    if (unit.p_type == boost::unit_test::TUT_CASE)
      memprof_test_start(
          unit.p_parent_id == boost::unit_test::INV_TEST_UNIT_ID
              ? nullptr
              : boost::unit_test::framework::get<boost::unit_test::test_suite>(
                    unit.p_parent_id)
                    .p_name->c_str(),
          unit.p_name->c_str());
  }

  void test_unit_finish(const boost::unit_test::test_unit &unit,
                        unsigned long) override {
    if (unit.p_type != boost::unit_test::TUT_CASE)
      return;
    if (const char *broken = memprof_test_stop())
      BOOST_ERROR(broken);
    if (const char *why = memprof_test_unmeasured())
      BOOST_ERROR(why);
  }

  /* after Boost's own: the ends are told in the reverse order, so ours comes
   * while the test case can still fail */
  int priority() override { return 4; }
};

struct boost_configuration {
  boost_configuration() {
    boost::unit_test::framework::register_observer(observer);
  }
  ~boost_configuration() {
    boost::unit_test::framework::deregister_observer(observer);
  }
  boost_observer observer;
};

} // namespace memprof

#define MEMPROF_BOOST_OBSERVER                                                 \
  typedef memprof::boost_configuration memprof_boost_configuration;            \
  BOOST_TEST_GLOBAL_CONFIGURATION(memprof_boost_configuration)

/** METRIC (allocs, frees, bytes, peak, kept) of the largest call of FUNCTION in
 * this test is at most LIMIT. Holds asleep. */
#define BOOST_CHECK_MEMPROF_LE(FUNCTION, METRIC, LIMIT)                        \
  do {                                                                         \
    const char *memprof_exceeds =                                              \
        memprof_test_exceeds(FUNCTION, #METRIC, LIMIT);                        \
    if (memprof_exceeds)                                                       \
      BOOST_ERROR(memprof_exceeds);                                            \
  } while (0)

#endif
