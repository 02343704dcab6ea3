/* memprof/doctest.h - doctest: limits fail the test case that broke them.
 *
 *     #include <doctest/doctest.h>
 *     #include <memprof/doctest.h>   // once, in any one source file
 *
 * A test case with subcases is run once for each; each run is a run of the test.
 */
#ifndef MEMPROF_DOCTEST_H
#define MEMPROF_DOCTEST_H

#include <doctest/doctest.h>
#include <memprof/test.h>

namespace memprof {

/* doctest tells of a test case's end when its verdict is made. So the listener
 * puts a function of ours around the test's own, which can still fail it. */
class doctest_listener : public doctest::IReporter {
public:
  explicit doctest_listener(const doctest::ContextOptions &) {}

  void test_case_start(const doctest::TestCaseData &data) override {
    auto &test = const_cast<doctest::detail::TestCase &>(
        static_cast<const doctest::detail::TestCase &>(data));
    running() = {test.m_test, &data};
    test.m_test = around;
  }

  void test_case_end(const doctest::CurrentTestCaseStats &) override {
    auto &test = const_cast<doctest::detail::TestCase &>(
        static_cast<const doctest::detail::TestCase &>(*running().data));
    test.m_test = running().body;
  }

  void report_query(const doctest::QueryData &) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats &) override {}
  void test_case_reenter(const doctest::TestCaseData &) override {}
  void test_case_exception(const doctest::TestCaseException &) override {}
  void subcase_start(const doctest::SubcaseSignature &) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData &) override {}
  void log_message(const doctest::MessageData &) override {}
  void test_case_skipped(const doctest::TestCaseData &) override {}

private:
  struct test_case {
    void (*body)();
    const doctest::TestCaseData *data;
  };
  static test_case &running() {
    static test_case one;
    return one;
  }

  static void around() {
    struct run {
      run() {
        memprof_test_start(running().data->m_test_suite,
                           running().data->m_name);
      }
      /* also when an exception leaves the test: it has failed then */
      ~run() {
        if (const char *broken = memprof_test_stop())
          ADD_FAIL_CHECK_AT(running().data->m_file.c_str(),
                            static_cast<int>(running().data->m_line),
                            doctest::String(broken));
      }
    } run;
    if (const char *why = memprof_test_unmeasured())
      ADD_FAIL_CHECK_AT(running().data->m_file.c_str(),
                        static_cast<int>(running().data->m_line),
                        doctest::String(why));
    running().body();
  }
};

REGISTER_LISTENER("memprof", 1, doctest_listener);

} // namespace memprof

/** METRIC (allocs, frees, bytes, peak, kept) of the largest call of FUNCTION in
 * this test is at most LIMIT. Holds asleep. */
#define CHECK_MEMPROF_LE(FUNCTION, METRIC, LIMIT)                              \
  MEMPROF_LE_OR(MEMPROF_DOCTEST_FAIL, FUNCTION, METRIC, LIMIT)
#define MEMPROF_DOCTEST_FAIL(TEXT)                                             \
  ADD_FAIL_CHECK_AT(__FILE__, __LINE__, doctest::String(TEXT))

#endif
