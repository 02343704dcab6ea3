// doctest.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#include <memprof/doctest.h>

#include "words.h"

TEST_CASE("words are counted") {
  REQUIRE(count_words("one two three") == 3);
  CHECK_MEMPROF_LE("count_words", peak, 1024);
}

TEST_CASE("words have a longest") {
  SUBCASE("in the middle") { REQUIRE(longest_word("one three two") == 5); }
  SUBCASE("at the end") { REQUIRE(longest_word("one two three") == 5); }
}
