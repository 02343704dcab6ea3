/* selftest.c - finds out, by one call of each entry point, whether the
 * allocator's calls come to us, and where each is to be counted. */
#include "entry.h"
#include "runtime.h"
#include "wake.h"
#include <pthread.h>
#include <string.h>

static pthread_t tester;
static unsigned events[MPRT_EVENTS];

void mprt_selftest_event(enum mprt_event event) {
  if (pthread_equal(tester, pthread_self()))
    events[event]++;
}

struct point {
  const char *name;
  enum mprt_event event; /* what a call of it is */
};

#define MPRT_EVENT_ALLOC MPRT_ALLOCATED
#define MPRT_EVENT_STORE MPRT_ALLOCATED
#define MPRT_EVENT_REALLOC MPRT_REALLOCATED
#define MPRT_EVENT_FREE MPRT_FREED
#define ROW_POINT(SYMBOL, SHAPE, ...)                                          \
  [ENTRY_##SYMBOL] = {#SYMBOL, MPRT_EVENT_##SHAPE},
static const struct point points[MPRT_ENTRY_COUNT] = {
    MPRT_ENTRY_POINTS(ROW_POINT)};

/* All entry points count while it is tried. One event: it came to us. None: it
 * did not. More: what is behind passes it on to another entry point, which is
 * where it counts from now on, so that nothing is counted twice. */
static bool try_entry(struct memprof_entries *copy, unsigned entry) {
  memset(events, 0, sizeof events);
  enum mprt_trial trial = copy->trial(entry);
  if (trial == MPRT_NOT_TRIED)
    copy->counts[entry] = 0;
  if (trial != MPRT_TRIED)
    return true;
  const struct point *point = &points[entry];
  bool passed_on = events[point->event] > 1;
  if (point->event == MPRT_REALLOCATED && events[MPRT_ALLOCATED] > 1)
    passed_on = true;
  if (passed_on)
    copy->counts[entry] = 0;
  return events[point->event] != 0;
}

static const char *first_bypassed(struct memprof_entries *copy) {
  memset(copy->counts, 1, sizeof copy->counts);
  for (unsigned i = 0; i < MPRT_ENTRY_COUNT; i++)
    if (!try_entry(copy, i))
      return points[i].name;
  return NULL;
}

struct memprof_entries *mprt_entries(void) {
  struct memprof_entries *copy = &__memprofpass_entries;
  return copy && strcmp(copy->table, MPRT_ENTRY_TABLE) == 0 ? copy : NULL;
}

bool mprt_selftest(void) {
  struct memprof_entries *copy = mprt_entries();
  if (!copy && &__memprofpass_entries) {
    mprt_message("the program was linked with the allocator hooks of another "
                 "version of memprof, so only the calls in instrumented code "
                 "are counted; link it again");
    return false;
  }
  tester = pthread_self();
  if (copy)
    copy->resolve();
  const char *bypassed = copy ? first_bypassed(copy) : "malloc";
  if (!bypassed)
    return true;
  if (copy)
    memset(copy->counts, 0, sizeof copy->counts);
  if (mprt_sanitizer_init())
    return false;
  mprt_message(
      "calls of '%s' do not come to memprof: another definition of it "
      "comes first, so only the calls in instrumented code are counted; "
      "link the program with `pkg-config --libs memprof`, or start it "
      "with libmemprof.so as the first in LD_PRELOAD",
      bypassed);
  return false;
}
