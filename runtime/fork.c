/* fork.c - a child starts from zero.
 *
 * The awake word lies on a page that the kernel wipes in a child, however it
 * was made; whatever hook finds it wiped arms the child again. In a marked call
 * that is the handler of fork() below, or a stand-in in children.c: generated
 * code counts arrivals without a hook, so a child that returns into a marked
 * call is armed before it does.
 *
 * Armed means: the image's records stay where they are, because calls in
 * progress hold their addresses, and all counters in them start from zero. See
 * memprof_format.h for the calls in progress.
 */
#define _GNU_SOURCE
#include "core.h"
#include "output.h"
#include "wake.h"
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

static _Atomic uint32_t lock;
/* While this thread forks it holds the locks of the registry and the image. */
static _Thread_local bool holds;
/* Bytes of the image that are the child's; 0 when nobody saw the fork. The
 * parent may have added records since, if the image is its file. */
static _Thread_local uint64_t used_at_fork;

/* ---- Arming ---- */

/* What the parent, whose file the image is, has added since. */
static void cut_to_own(void) {
  struct memprof_header *header = mprt_header();
  uint64_t used = __atomic_load_n(&header->used, __ATOMIC_ACQUIRE);
  if (!used_at_fork || used_at_fork >= used)
    return;
  memset(mprt_arena_base + used_at_fork, 0, used - used_at_fork);
  header->used = used_at_fork;
}

/* A child that cannot have counters of its own, or was forked when its parent
 * had ended, sleeps for good. */
static void sleep_on(void) {
  mprt_awake_set(MPRT_ASLEEP);
  mprt_registry_activate(false);
}

static bool is_forked;

bool mprt_is_forked(void) { return is_forked; }

static void arm(void) {
  bool was_shared = mprt_output_is_shared();
  if (mprt_has_ended() || !mprt_output_detach()) {
    sleep_on();
    return;
  }
  cut_to_own();
  mprt_image_empty(true);
  mprt_blocks_forked();
  mprt_mappings_forked();
  mprt_threads_forked(was_shared);
  is_forked = true;
  mprt_awake_set(MPRT_YOUNG);
}

void mprt_fork_arm(void) {
  if (MPRT_LIKELY(mprt_awake() != MPRT_FORKED) || !mprt_lock(&lock))
    return;
  int kept = errno;
  if (mprt_awake() == MPRT_FORKED)
    arm();
  errno = kept;
  mprt_unlock(&lock);
}

/* The child has something to report. */
static void come_of_age(void) {
  mprt_output_attach();
  mprt_awake_set(MPRT_AWAKE);
}

void mprt_fork_counted(void) {
  if (mprt_awake() == MPRT_YOUNG && mprt_thread_has_counted())
    come_of_age();
}

void mprt_fork_called(void) {
  mprt_fork_arm();
  if (mprt_awake() == MPRT_YOUNG)
    come_of_age();
}

/* ---- The moment of the fork ---- */

/* Both locks, so that the registry agrees with the image. Whoever registers
 * holds the one and waits for the other; and a signal handler that forks may
 * have interrupted this thread while it held one: then the child has what it
 * finds. */
static bool hold(void) {
  for (;;) {
    if (!mprt_lock(&mprt_arena_lock))
      return false;
    enum mprt_trylock registry = mprt_trylock(&mprt_registry_lock);
    if (registry == MPRT_TAKEN)
      return true;
    mprt_unlock(&mprt_arena_lock);
    if (registry == MPRT_OWN)
      return false;
    sched_yield();
  }
}

static void release(void) {
  if (!holds)
    return;
  holds = false;
  mprt_unlock(&mprt_registry_lock);
  mprt_unlock(&mprt_arena_lock);
}

void __memprofpass_forking(void) {
  if (!mprt_is_awake() || holds)
    return;
  int kept = errno;
  holds = hold();
  used_at_fork = holds ? mprt_header()->used : 0;
  mprt_thread_forking(mprt_output_is_shared());
  errno = kept;
}

void __memprofpass_fork_over(void) {
  used_at_fork = 0;
  mprt_thread_fork_over();
  release();
}

/* Who is in no marked call touches no counter before the next hook: a child
 * that goes on to exec is spared the work. */
void __memprofpass_forked(void) {
  release();
  if (mprt_awake() == MPRT_FORKED && mprt_thread_is_in_call())
    mprt_fork_arm();
}

void __memprofpass_forked_elsewhere(void) {
  if (mprt_awake() == MPRT_FORKED)
    mprt_thread_leave_calls();
  __memprofpass_forked();
}

void __memprofpass_vforking(void) { mprt_thread_hide(); }
void __memprofpass_vfork_over(void) { mprt_thread_show(); }

void mprt_fork_init(void) {
  pthread_atfork(__memprofpass_forking, __memprofpass_fork_over,
                 __memprofpass_forked);
}
