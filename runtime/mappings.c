/* mappings.c - which pages the program has mapped under marked functions: what
 * the option `track` counts beside the heap.
 *
 * A release counts as far as the mapping did. So the ranges are kept, sorted,
 * under a lock: system calls are slow enough for it. What an allocator maps is
 * its own affair: its blocks are counted.
 */
#include "entry.h"
#include "own_pages.h"
#include "runtime.h"
#include "wake.h"
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { TRACK_HEAP, TRACK_MAPPINGS }; /* the values of the option `track` */

struct range {
  uintptr_t low, high;
};

static _Atomic uint32_t lock;
/* Ascending, none within another. Volatile, so that no copying loop becomes a
 * memmove(): a sanitizer looks into that, and does not know our lock. */
static volatile struct range *ranges;
static size_t count, capacity;
static bool calls_come;

/* ---- Ranges, under the lock ---- */

/* Whole pages; none for length 0. */
static struct range range_of(const void *address, size_t length) {
  uintptr_t low = (uintptr_t)address, page = (uintptr_t)sysconf(_SC_PAGESIZE);
  return (struct range){low, low + (length + page - 1) / page * page};
}

/* The first range that ends above the address. */
static size_t find(uintptr_t address) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (ranges[middle].high > address)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

static bool has_room(void) {
  if (count < capacity)
    return true;
  size_t wanted = capacity ? 2 * capacity : 4096 / sizeof *ranges;
  volatile struct range *larger = mprt_pages(wanted * sizeof *larger);
  if (!larger)
    return false;
  for (size_t i = 0; i < count; i++)
    larger[i] = ranges[i];
  ranges = larger;
  capacity = wanted;
  return true;
}

/* Without memory it is forgotten: its release will not count. */
static void insert(size_t at, struct range range) {
  if (!has_room())
    return;
  for (size_t i = count++; i > at; i--)
    ranges[i] = ranges[i - 1];
  ranges[at] = range;
}

/* Takes out what lies within, and returns how many bytes that were. */
static uint64_t cut(struct range gone) {
  uintptr_t low = gone.low, high = gone.high;
  if (low == high)
    return 0;
  uint64_t bytes = 0;
  size_t first = find(low);
  if (first < count && ranges[first].low < low) {
    struct range rest = {high, ranges[first].high};
    bytes = (rest.high < high ? rest.high : high) - low;
    ranges[first++].high = low;
    if (rest.low < rest.high)
      insert(first, rest);
  }
  size_t last = first;
  for (; last < count && ranges[last].high <= high; last++)
    bytes += ranges[last].high - ranges[last].low;
  if (last < count && ranges[last].low < high) {
    bytes += high - ranges[last].low;
    ranges[last].low = high;
  }
  size_t gap = last - first;
  for (; gap && last < count; last++)
    ranges[last - gap] = ranges[last];
  count -= gap;
  return bytes;
}

/* ---- Events ---- */

static bool is_in_allocator(uintptr_t cfa) {
  const struct memprof_entries *entries = mprt_entries();
  return entries && cfa < entries->inside();
}

/* Whether an event is to be counted; then the lock is held. It is not while
 * this thread holds it: a signal handler, or we ourselves. */
static bool begin(uintptr_t cfa) {
  if (mprt_config.track != TRACK_MAPPINGS || mprt_maps_own)
    return false;
  if (mprt_awake() == MPRT_TESTING)
    calls_come = true;
  mprt_fork_arm();
  return mprt_awake() >= MPRT_YOUNG && !is_in_allocator(cfa) &&
         mprt_lock(&lock);
}

bool __memprofpass_mapping(uintptr_t cfa) {
  int kept = errno;
  bool is_counted = begin(cfa);
  errno = kept;
  return is_counted;
}

void __memprofpass_mapped(const void *old, size_t old_length,
                          const void *address, size_t length, bool replaces,
                          uintptr_t cfa) {
  int kept = errno;
  uint64_t released = cut(range_of(old, old_length));
  struct range range = range_of(address, length);
  uint64_t covered = cut(range);
  if (replaces)
    released += covered; /* else its release was not seen */
  bool is_new = mprt_account_mapping(range.high - range.low, released, cfa);
  if (is_new)
    insert(find(range.low), range);
  mprt_unlock(&lock);
  if (is_new || released)
    mprt_fork_called();
  errno = kept;
}

void mprt_mappings_test(void) {
  if (mprt_config.track != TRACK_MAPPINGS)
    return;
  int kept = errno;
  munmap(NULL, 0); /* as the program would; it fails */
  if (!calls_come)
    mprt_message("calls of 'mmap' do not come to memprof: another library's "
                 "stands before it, so mappings are not counted");
  errno = kept;
}

void mprt_mappings_forked(void) { count = 0; }
