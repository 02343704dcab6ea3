/* cmocka. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <memprof/cmocka.h>

#include "words.h"

static int with_text(void **state) {
  *state = "one three two";
  return 0;
}

static void words_are_counted(void **state) {
  (void)state;
  assert_int_equal(count_words("one two three"), 3);
  assert_memprof_le("count_words", peak, 1024);
}

static void words_have_a_longest(void **state) {
  assert_int_equal(longest_word(*state), 5);
}

int main(void) {
  const struct CMUnitTest words[] = {
      cmocka_unit_test(words_are_counted),
      cmocka_unit_test_setup(words_have_a_longest, with_text),
  };
  return memprof_cmocka_run_group_tests(words, NULL, NULL);
}
