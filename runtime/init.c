/* init.c - asleep or awake: decides at startup, and on request. */
#define _GNU_SOURCE
#define MEMPROF_RUNTIME
#include "budget.h"
#include "core.h"
#include "entry.h"
#include "memprof.h"
#include "wake.h"
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/auxv.h>

enum { COLD, STARTING, ASLEEP, AWAKE };
static _Atomic int state = COLD;

struct mprt_config mprt_config;
uint8_t __memprofpass_direct;
bool mprt_is_bypassed;

/* ---- The awake word ---- */

static struct mprt_gate asleep = {.awake = MPRT_ASLEEP};
struct mprt_gate *_Atomic __memprofpass_gate = &asleep;

bool mprt_is_awake(void) { return mprt_awake() >= MPRT_TESTING; }

/* A process may hold several copies of the runtime: libmemprof.a in a shared
 * library, libmemprof.so in the program. Generated code and the entry points
 * reach the one that is first in the order of symbols; the others stay out. */
extern struct mprt_gate *_Atomic mprt_own_pointer
    __attribute__((alias("__memprofpass_gate"), visibility("hidden")));

static bool is_first_copy(void) {
  const void *volatile own = &mprt_own_pointer, *volatile first =
                                                    &__memprofpass_gate;
  return own == first;
}

static bool is_plain(void) {
  return !mprt_config.scope && !mprt_config.track &&
         atomic_load(&mprt_stacks_epoch) == 0;
}

/* Tells the entry points which calls we need. Again, if that changes meanwhile:
 * then both who change it do. */
static void entries_settle(void) {
  struct memprof_entries *entries = mprt_entries();
  bool plain;
  do {
    plain = is_plain();
    if (entries)
      entries->settle(mprt_config.track ? MPRT_ALL_COME
                      : plain           ? MPRT_MARKED_COME
                                        : MPRT_COUNTED_COME);
  } while (plain != is_plain());
}

/* A forked child, however made, finds it wiped. Where the kernel cannot, the
 * child counts into its own copy and end.c keeps it silent. */
void mprt_awake_set(enum mprt_awake value) {
  if (value == MPRT_AWAKE && is_plain())
    value = MPRT_AWAKE_PLAIN;
  atomic_store(&mprt_own_gate->awake, value);
  atomic_store(&__memprofpass_gate, mprt_own_gate);
}

void mprt_awake_ask(void) {
  uint32_t plain = MPRT_AWAKE_PLAIN;
  if (!mprt_own_gate)
    return;
  atomic_compare_exchange_strong(&mprt_own_gate->awake, &plain, MPRT_AWAKE);
  if (mprt_awake() != MPRT_TESTING)
    entries_settle();
}

/* ---- Waking ---- */

enum { HOOKS_AUTO, HOOKS_DIRECT }; /* the values of the option `hooks` */

static bool wake(void) {
  static bool tried; /* what failed once has been said, and is not mended */
  if (tried)
    return false;
  tried = true;
  if (!mprt_blocks_init()) {
    mprt_message("no memory, profiling stays off");
    return false;
  }
  mprt_pattern_init();
  if (!mprt_arena_open())
    return false;
  mprt_end_init();
  mprt_registry_wake();
  mprt_awake_set(MPRT_TESTING);
  mprt_fork_init();
  struct memprof_entries *entries = mprt_entries();
  if (entries)
    entries->awaken(mprt_own_gate);
  bool wants_direct = mprt_config.hooks == HOOKS_DIRECT;
  bool falls_back = !wants_direct && !mprt_selftest();
  __memprofpass_direct = wants_direct || falls_back;
  mprt_is_bypassed = falls_back && !mprt_sanitizer_counts;
  mprt_mappings_test();
  mprt_timeline_init();
  mprt_budget_init();
  mprt_metadata_write();
  mprt_break_init(mprt_config.break_at);
  mprt_awake_set(MPRT_AWAKE);
  entries_settle();
  mprt_registry_activate(true);
  return true;
}

/* COLD -> STARTING -> ASLEEP or AWAKE. Whoever comes while another thread is at
 * it goes on as if asleep. */
void mprt_init(void) {
  int expected = COLD;
  if (MPRT_LIKELY(atomic_load_explicit(&state, memory_order_acquire) != COLD) ||
      !atomic_compare_exchange_strong(&state, &expected, STARTING))
    return;
  if (!is_first_copy()) {
    atomic_store_explicit(&state, ASLEEP, memory_order_release);
    return;
  }
  int saved_errno = errno;
  mprt_threads_init(); /* also asleep: a late key would make libc call calloc */
  bool awake = mprt_config_load(&mprt_config, false) && wake();
  atomic_store_explicit(&state, awake ? AWAKE : ASLEEP, memory_order_release);
  errno = saved_errno;
}

__attribute__((constructor(101))) static void at_load(void) { mprt_init(); }

/* ---- memprof.h ---- */

/* Under the lock, with the state settled. */
static bool wake_on_request(void) {
  if (atomic_load(&state) == AWAKE)
    return mprt_is_awake();
  if (getauxval(AT_SECURE))
    return false;
  mprt_config_load(&mprt_config, true);
  if (!wake())
    return false;
  atomic_store(&state, AWAKE);
  return true;
}

MPRT_EXPORT int memprof_enable(void) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  int saved_errno = errno;
  mprt_init();
  while (atomic_load(&state) == STARTING)
    sched_yield();
  mprt_fork_arm();
  pthread_mutex_lock(&lock);
  bool awake = wake_on_request();
  if (awake)
    mprt_registry_activate(true);
  pthread_mutex_unlock(&lock);
  errno = saved_errno;
  return awake;
}

MPRT_EXPORT void memprof_disable(void) {
  int saved_errno = errno;
  mprt_fork_arm();
  if (mprt_is_awake())
    mprt_registry_activate(false);
  errno = saved_errno;
}

MPRT_EXPORT int memprof_is_active(void) {
  mprt_fork_arm();
  return mprt_is_awake() && mprt_registry_is_active();
}
