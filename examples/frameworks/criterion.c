/* Criterion. */
#include <memprof/criterion.h>

#include "words.h"

Test(words, are_counted, MEMPROF_CRITERION) {
  cr_assert_eq(count_words("one two three"), 3);
  cr_assert_memprof_le("count_words", peak, 1024);
}

Test(words, have_a_longest, MEMPROF_CRITERION) {
  cr_assert_eq(longest_word("one three two"), 5);
}
