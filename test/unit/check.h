/* check.h - the few words that unit tests need. A failed check is named and
 * makes the test exit with 1. */
#ifndef MEMPROF_TEST_CHECK_H
#define MEMPROF_TEST_CHECK_H

#include <stdio.h>
#include <string.h>

static int check_failures;

#define CHECK(CONDITION)                                                       \
  ((CONDITION)                                                                 \
       ? (void)0                                                               \
       : (void)(check_failures++, fprintf(stderr, "%s:%d: failed: %s\n",       \
                                          __FILE__, __LINE__, #CONDITION)))

#define CHECK_TEXT(ACTUAL, EXPECTED)                                           \
  check_text(__FILE__, __LINE__, ACTUAL, EXPECTED)
static inline void check_text(const char *file, int line, const char *actual,
                              const char *expected) {
  if (strcmp(actual, expected) == 0)
    return;
  check_failures++;
  fprintf(stderr, "%s:%d: expected \"%s\", got \"%s\"\n", file, line, expected,
          actual);
}

#define CHECK_RESULT() (check_failures ? 1 : 0)

#endif
