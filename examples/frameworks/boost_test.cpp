// Boost.Test.
#define BOOST_TEST_MODULE words
#include <boost/test/included/unit_test.hpp>
#include <memprof/boost_test.h>

#include "words.h"

MEMPROF_BOOST_OBSERVER;

BOOST_AUTO_TEST_CASE(words_are_counted) {
  BOOST_TEST(count_words("one two three") == 3u);
  BOOST_CHECK_MEMPROF_LE("count_words", peak, 1024);
}

BOOST_AUTO_TEST_CASE(words_have_a_longest) {
  BOOST_TEST(longest_word("one three two") == 5u);
}
