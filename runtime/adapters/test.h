/* memprof/test.h - what the adapters of test frameworks share, and all that a
 * test program without a framework needs.
 *
 *     memprof_test_start("suite", "name");
 *     ... the test ...
 *     const char *broken = memprof_test_stop();
 *     if (broken)
 *       fail(broken);
 *
 * For the one source file that starts and stops the tests; C99 and C++11.
 * Where the runtime is not linked, or asleep, none of it does anything.
 */
#ifndef MEMPROF_TEST_H
#define MEMPROF_TEST_H

#include <memprof.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The broken limits of the test that runs on this thread, a line each. */
static __thread struct memprof_broken {
  char *text;
  size_t length, capacity;
} memprof_broken;

/* Called by the runtime, which counts nothing of what it allocates. */
static inline void
memprof_note_violation(void *context,
                       const struct memprof_violation *violation) {
  struct memprof_broken *broken = &memprof_broken;
  size_t length = strlen(violation->text);
  (void)context;
  if (broken->length + length + 2 > broken->capacity) {
    size_t capacity = 2 * (broken->length + length + 2);
    char *longer = (char *)realloc(broken->text, capacity);
    if (!longer)
      return;
    broken->text = longer;
    broken->capacity = capacity;
  }
  if (broken->length)
    broken->text[broken->length++] = '\n';
  memcpy(broken->text + broken->length, violation->text, length + 1);
  broken->length += length;
}

/** Starts a test on this thread: the numbers of what follows are told apart, and
 * the limits that it breaks are its own. SUITE may be NULL. */
static inline void memprof_test_start(const char *suite, const char *name) {
  memprof_broken.length = 0;
  memprof_set_sink(memprof_note_violation, NULL);
  memprof_test_begin(suite, name);
}

/** Ends it. Returns the limits that were broken, one line each without a last
 * end of line; NULL when all held. The text lives until the thread's next
 * test. */
static inline const char *memprof_test_stop(void) {
  memprof_test_end();
  return memprof_broken.length ? memprof_broken.text : NULL;
}

/** Whether METRIC ("allocs", "frees", "bytes", "peak", "kept") of the largest
 * call of FUNCTION in this test is at most LIMIT. Returns NULL when it is, or
 * when nothing is measured in this run; else a message, which lives until the
 * thread's next question. */
static inline const char *memprof_test_exceeds(const char *function,
                                               const char *metric,
                                               unsigned long long limit) {
  static __thread char message[512];
  struct memprof_stats stats;
  unsigned long long value;
  if (!memprof_is_active())
    return NULL;
  if (!memprof_get(function, &stats) || !stats.calls) {
    snprintf(message, sizeof message,
             "'%s' was not measured: no such marked function was called in "
             "this test",
             function);
    return message;
  }
  if (strcmp(metric, "allocs") == 0)
    value = stats.largest.allocs;
  else if (strcmp(metric, "frees") == 0)
    value = stats.largest.frees;
  else if (strcmp(metric, "bytes") == 0)
    value = stats.largest.bytes;
  else if (strcmp(metric, "peak") == 0)
    value = stats.largest.peak;
  else if (strcmp(metric, "kept") == 0)
    value = stats.largest.kept;
  else {
    snprintf(message, sizeof message,
             "unknown metric '%s', known are allocs, frees, bytes, peak, kept",
             metric);
    return message;
  }
  if (value <= limit)
    return NULL;
  snprintf(message, sizeof message,
           "'%s' had %s %llu in one of its %llu calls, %llu is allowed",
           function, metric, value, stats.calls, limit);
  return message;
}

/* What adapters make their own assertion of: FAIL(message) when it exceeds. */
#define MEMPROF_LE_OR(FAIL, FUNCTION, METRIC, LIMIT)                           \
  do {                                                                         \
    const char *memprof_exceeds =                                              \
        memprof_test_exceeds(FUNCTION, #METRIC, LIMIT);                        \
    if (memprof_exceeds)                                                       \
      FAIL(memprof_exceeds);                                                   \
  } while (0)

/** Why no limit is checked in this run although PROFILE_MEMORY asks for it;
 * NULL when all is well. Adapters fail the suite with it: a budget must not pass
 * because nothing was measured. */
static inline const char *memprof_test_unmeasured(void) {
  static const char *const no[] = {"0", "no", "off", "false", ""};
  const char *asked = getenv("PROFILE_MEMORY");
  size_t i, k;
  if (!asked)
    return NULL;
  for (i = 0; i < sizeof no / sizeof *no; i++) {
    for (k = 0; no[i][k] && (asked[k] | 0x20) == (no[i][k] | 0x20);)
      k++;
    if (!no[i][k] && !asked[k])
      return NULL;
  }
#if defined(__ELF__) && defined(__GNUC__)
  if (!(memprof_is_active))
    return "PROFILE_MEMORY is set, but the runtime of MemProf is not linked: "
           "build with memprof-clang, MemProf::memprof or pkg-config memprof";
#endif
  if (!memprof_is_active())
    return "PROFILE_MEMORY is set, but profiling is not active: what the "
           "program printed at its start says why";
  return NULL;
}

#ifdef __cplusplus
}

namespace memprof {
namespace literals {
constexpr unsigned long long operator""_KiB(unsigned long long n) {
  return n << 10;
}
constexpr unsigned long long operator""_MiB(unsigned long long n) {
  return n << 20;
}
constexpr unsigned long long operator""_GiB(unsigned long long n) {
  return n << 30;
}
} // namespace literals
} // namespace memprof
#endif

#endif
