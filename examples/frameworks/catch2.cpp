// Catch2.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#include <memprof/catch2.h>

#include "words.h"

TEST_CASE("words are counted") {
  REQUIRE(count_words("one two three") == 3);
  CHECK_MEMPROF_LE("count_words", peak, 1024);
}

TEST_CASE("words have a longest") {
  SECTION("in the middle") { REQUIRE(longest_word("one three two") == 5); }
  SECTION("at the end") { REQUIRE(longest_word("one two three") == 5); }
}
