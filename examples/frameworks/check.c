/* Check. */
#include <memprof/check.h>

#include "words.h"

START_TEST(words_are_counted) {
  ck_assert_uint_eq(count_words("one two three"), 3);
  ck_assert_memprof_le("count_words", peak, 1024);
}
END_TEST

START_TEST(words_have_a_longest) {
  ck_assert_uint_eq(longest_word("one three two"), 5);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("words");
  TCase *tcase = tcase_create("words");
  memprof_tcase_add_test(tcase, words_are_counted);
  memprof_tcase_add_test(tcase, words_have_a_longest);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_VERBOSE);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
