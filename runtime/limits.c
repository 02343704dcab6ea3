/* limits.c - counts what memprof_limits.h bounds. */
#include "memprof_limits.h"
#include "runtime.h"

_Atomic uint32_t mprt_most_used[MEMPROF_MOST_COUNT];

static const struct {
  uint32_t most;
  const char *plural;
} limits[] = {
#define ROW(WHAT, MOST, PLURAL, COUNTER) {MOST, PLURAL},
    MEMPROF_LIMITS(ROW)
#undef ROW
};

bool mprt_most_take(enum memprof_most what) {
  static _Atomic bool said[MEMPROF_MOST_COUNT];
  _Atomic uint32_t *used = &mprt_most_used[what];
  uint32_t most = limits[what].most;
  if (atomic_load_explicit(used, memory_order_relaxed) < most &&
      atomic_fetch_add_explicit(used, 1, memory_order_relaxed) < most)
    return true;
  if (!atomic_exchange(&said[what], true))
    mprt_message("more than %u %s: what is new from here on is counted with "
                 "less detail",
                 most, limits[what].plural);
  return false;
}
