/* Criterion. */
#include <memprof/criterion.h>

#include "words.h"

MEMPROF_TEST(words, are_counted) {
  cr_assert_eq(count_words("one two three"), 3);
  cr_assert_memprof_le("count_words", peak, 1024);
}

MEMPROF_TEST(words, have_a_longest) {
  cr_assert_eq(longest_word("one three two"), 5);
}
