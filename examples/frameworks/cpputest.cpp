// CppUTest.
#include <memprof/cpputest.h>

#include "words.h"

#include <CppUTest/CommandLineTestRunner.h>

TEST_GROUP(Words){};

TEST(Words, AreCounted) {
  CHECK_EQUAL(3, count_words("one two three"));
  CHECK_MEMPROF_LE("count_words", peak, 1024);
}

TEST(Words, HaveALongest) { CHECK_EQUAL(5, longest_word("one three two")); }

int main(int argc, char **argv) {
  memprof::cpputest_plugin plugin;
  TestRegistry::getCurrentRegistry()->installPlugin(&plugin);
  int failed = CommandLineTestRunner::RunAllTests(argc, argv);
  TestRegistry::getCurrentRegistry()->removePluginByName("MemProf");
  return failed;
}
