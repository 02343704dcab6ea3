/* memprof/tap.h - programs that speak TAP, the Test Anything Protocol, or just
 * assert.
 *
 *     #include <memprof/tap.h>
 *     memprof_tap_plan(2);
 *     memprof_tap("words are counted", words_are_counted);   // int f(void)
 *     memprof_tap("words have a longest", words_have_a_longest);
 *     return memprof_tap_status();
 *
 * A test function returns 1 for success. A broken limit makes it "not ok", with
 * the reason behind a '#'. With assert alone:
 *
 *     memprof_assert("words are counted", count_words("one two") == 2);
 */
#ifndef MEMPROF_TAP_H
#define MEMPROF_TAP_H

#include <memprof/test.h>
#include <stdio.h>

static struct { int planned, count, failed; } memprof_tap_run;

/* Behind '#', line by line. */
static inline void memprof_tap_say(const char *text) {
  printf("# ");
  for (; *text; text++) {
    putchar(*text);
    if (*text == '\n')
      printf("# ");
  }
  putchar('\n');
}

static inline void memprof_tap_plan(int count) {
  const char *why = memprof_test_unmeasured();
  memprof_tap_run.planned = count;
  printf("1..%d\n", count);
  if (why) {
    printf("Bail out! %s\n", why);
    exit(1);
  }
}

static inline int memprof_tap(const char *name, int (*test)(void)) {
  const char *broken;
  int passed;
  memprof_test_start(NULL, name);
  passed = test();
  broken = memprof_test_stop();
  printf("%sok %d - %s\n", passed && !broken ? "" : "not ",
         ++memprof_tap_run.count, name);
  if (broken)
    memprof_tap_say(broken);
  fflush(stdout);
  memprof_tap_run.failed += !passed || broken;
  return passed && !broken;
}

/** The exit status: 0 when all tests planned ran and passed, else 1. */
static inline int memprof_tap_status(void) {
  return memprof_tap_run.failed ||
         memprof_tap_run.count != memprof_tap_run.planned;
}

/** Runs CONDITION as a test of that name. Aborts, as assert does, when it is
 * false or a limit was broken meanwhile. */
#define memprof_assert(NAME, CONDITION)                                        \
  do {                                                                         \
    const char *memprof_why = memprof_test_unmeasured();                       \
    int memprof_holds;                                                         \
    memprof_test_start(NULL, NAME);                                            \
    memprof_holds = !!(CONDITION);                                             \
    if (!memprof_why)                                                          \
      memprof_why = memprof_test_stop();                                       \
    if (!memprof_holds)                                                        \
      memprof_why = #CONDITION;                                                \
    if (memprof_why) {                                                         \
      fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, NAME,             \
              memprof_why);                                                    \
      abort();                                                                 \
    }                                                                          \
  } while (0)

#endif
