// GoogleTest.
#include "words.h"
#include <memprof/gtest.h>
#include <string>

MEMPROF_GTEST_LISTENER;
using namespace memprof::literals;

TEST(Words, AreCounted) {
  std::string text = "what a test allocates itself does not count";
  EXPECT_EQ(count_words("one two three"), 3u);
  EXPECT_MEMPROF_LE("count_words", peak, 1_KiB);
}

TEST(Words, HaveALongest) { EXPECT_EQ(longest_word("one three two"), 5u); }
