// Unity, against its documented names: what its own header and runner do is
// written here as small as it goes.
//
// RUN: %mclang -g -c %src/examples/frameworks/words.c -o %t.o
// RUN: %mclang -g -Wall -Wextra -Werror %s -I%src/examples/frameworks %t.o -o %t
// RUN: sh %S/Inputs/demo.sh %t ':FAIL: words_are_counted' ':FAIL: words_have_a_longest'
//
// RUN: %clang -I%build/include -I%src/examples/frameworks %s %src/examples/frameworks/words.c -o %t.plain
// RUN: %t.plain && not env PROFILE_MEMORY=1 %t.plain > %t.txt
// RUN: grep 'PROFILE_MEMORY is set, but the runtime of MemProf is not linked' %t.txt
#include <setjmp.h>
#include <stdio.h>

static struct {
  const char *TestFile, *CurrentTestName;
  int TestFailures;
  jmp_buf AbortFrame;
} Unity = {.TestFile = "unity.c"};

#define TEST_PROTECT() (setjmp(Unity.AbortFrame) == 0)
#define TEST_FAIL_MESSAGE(MESSAGE)                                             \
  (printf(":FAIL: %s: %s\n", Unity.CurrentTestName, MESSAGE),                  \
   Unity.TestFailures++, longjmp(Unity.AbortFrame, 1))
#define TEST_ASSERT_EQUAL(EXPECTED, ACTUAL)                                    \
  ((EXPECTED) == (ACTUAL) ? (void)0 : TEST_FAIL_MESSAGE("not equal"))

#include <memprof/unity.h>

#include "words.h"

static void setUp(void) { memprof_unity_start(); }
static void tearDown(void) { memprof_unity_stop(); }

static void run_test(void (*test)(void), const char *name) {
  int failures = Unity.TestFailures;
  Unity.CurrentTestName = name;
  if (TEST_PROTECT()) {
    setUp();
    test();
  }
  if (TEST_PROTECT())
    tearDown();
  if (failures == Unity.TestFailures)
    printf(":PASS: %s\n", name);
}
#define RUN_TEST(TEST) run_test(TEST, #TEST)

static void words_are_counted(void) {
  TEST_ASSERT_EQUAL(3, count_words("one two three"));
  TEST_ASSERT_MEMPROF_LE("count_words", peak, 1024);
}

static void words_have_a_longest(void) {
  TEST_ASSERT_EQUAL(5, longest_word("one three two"));
}

int main(void) {
  RUN_TEST(words_are_counted);
  RUN_TEST(words_have_a_longest);
  return Unity.TestFailures;
}
