/* stacks.c - which machine stack a thread runs on: each has a shadow of its own.
 *
 * A fibre's stack is found by its address, whichever thread runs on it. Its
 * bounds are told by makecontext(), sigaltstack() or memprof_stack(); else the
 * kernel knows the mapping it lies in, which is the stack if a guard page lies
 * below it. The table here has all stacks but the threads' own ones.
 */
#define MEMPROF_RUNTIME
#include "core.h"
#include "entry.h"
#include "memprof.h"
#include "wake.h"
#include <string.h>

struct range {
  uintptr_t low, high;
  struct mprt_state *state; /* NULL: no marked call has run there yet */
  bool is_told;             /* the bounds are the stack's */
  bool is_handlers;         /* set by sigaltstack() */
};

_Atomic uint32_t mprt_stacks_epoch;
static _Atomic uint32_t lock; /* of all below */
static struct range *ranges;  /* sorted; they do not overlap */
static size_t range_count, range_capacity;

/* Where this thread last found no stack: programs that run on fibres outside
 * all marked functions come here with each allocation. */
static _Thread_local struct {
  uintptr_t low, high;
  uint32_t epoch; /* that of the table when it was looked up */
} stranger __attribute__((tls_model("initial-exec")));

/* ---- The table ---- */

/* The first range that ends above the address. */
static size_t range_after(uintptr_t address) {
  size_t low = 0, high = range_count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (ranges[middle].high <= address)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static struct range *range_at(uintptr_t address) {
  size_t i = range_after(address);
  return i < range_count && ranges[i].low <= address ? &ranges[i] : NULL;
}

static void epoch_next(void) {
  if (atomic_fetch_add(&mprt_stacks_epoch, 1) == UINT32_MAX)
    atomic_store(&mprt_stacks_epoch, 1);
  mprt_awake_ask();
}

static bool range_insert(struct range range) {
  void *array = ranges;
  if (!mprt_grow(&array, range_count, &range_capacity, sizeof range))
    return false;
  ranges = array;
  size_t i = range_after(range.low);
  memmove(&ranges[i + 1], &ranges[i], (range_count - i) * sizeof range);
  ranges[i] = range;
  range_count++;
  epoch_next();
  return true;
}

static void range_remove(struct range *range) {
  if (range->state)
    mprt_state_release(range->state);
  range_count--;
  memmove(range, range + 1,
          (size_t)(ranges + range_count - range) * sizeof *range);
  epoch_next();
}

/* A guess that was too large loses what turns out to be another stack. False
 * when its calls are there. */
static bool range_cut(struct range *range, uintptr_t low, uintptr_t high) {
  struct mprt_state *state = range->state;
  const struct memprof_frame *top = state->top;
  const struct memprof_frame *outermost = top;
  if (range->is_told || top == state->base)
    return false;
  while (mprt_at(outermost->caller) != state->base)
    outermost = mprt_at(outermost->caller);
  if (outermost->cfa < low)
    range->high = low;
  else if (top->cfa >= high)
    range->low = high;
  else
    return false;
  mprt_state_bound(state, range->low, range->high);
  epoch_next();
  return true;
}

static void ranges_clear(uintptr_t low, uintptr_t high) {
  size_t i = range_after(low);
  while (i < range_count && ranges[i].low < high)
    if (ranges[i].state && range_cut(&ranges[i], low, high))
      i++;
    else
      range_remove(&ranges[i]);
}

/* Narrows the bounds around the address to what no known stack has. */
static void ranges_exclude(uintptr_t address, uintptr_t *low, uintptr_t *high) {
  size_t i = range_after(address);
  if (i && ranges[i - 1].high > *low)
    *low = ranges[i - 1].high;
  if (i < range_count && ranges[i].low < *high)
    *high = ranges[i].low;
  mprt_own_exclude(address, low, high);
}

/* ---- What we are told ---- */

static void stack_told(uintptr_t low, size_t size, bool is_handlers) {
  uintptr_t high;
  mprt_fork_arm();
  if (!size || __builtin_add_overflow(low, size, &high) || !mprt_lock(&lock))
    return;
  ranges_clear(low, high);
  range_insert((struct range){low, high, NULL, true, is_handlers});
  mprt_unlock(&lock);
  if (mprt_own_holds(low))
    mprt_own_contains(high);
}

void __memprofpass_stack(uintptr_t low, size_t size, bool is_handlers) {
  stack_told(low, size, is_handlers);
}

MPRT_EXPORT void memprof_stack(void *low, size_t size) {
  if (mprt_awake() != MPRT_ASLEEP)
    stack_told((uintptr_t)low, size, false);
}

/* Handlers run elsewhere from now on; what runs here may come back. */
void __memprofpass_stack_left(uintptr_t low) {
  if (!mprt_lock(&lock))
    return;
  struct range *range = range_at(low);
  if (range)
    range->is_handlers = false;
  mprt_unlock(&lock);
}

bool mprt_stack_is_handlers(uintptr_t address) {
  if (!atomic_load_explicit(&mprt_stacks_epoch, memory_order_relaxed) ||
      !mprt_lock(&lock))
    return false;
  const struct range *range = range_at(address);
  bool is_handlers = range && range->is_handlers;
  mprt_unlock(&lock);
  return is_handlers;
}

void mprt_stacks_forget(uintptr_t low, uintptr_t high) {
  if (!atomic_load_explicit(&mprt_stacks_epoch, memory_order_relaxed) ||
      !mprt_lock(&lock))
    return;
  ranges_clear(low, high);
  mprt_unlock(&lock);
}

/* ---- What we find ---- */

MPRT_COLD static void say_unbounded(void) {
  static _Atomic bool said;
  if (!atomic_exchange(&said, true))
    mprt_message(
        "marked functions run on a stack of unknown size: two that lie "
        "side by side are taken for one (tell each with "
        "memprof_stack(), or give it a guard page)");
}

/* A call on a stack that nobody told of. */
static struct mprt_state *stack_guess(uintptr_t address) {
  const uintptr_t around = (uintptr_t)64 << 10;
  struct mprt_mapping mapping;
  if (!mprt_mapping_find(address, &mapping))
    mapping = (struct mprt_mapping){address - around, address + around, false};
  if (!mprt_lock(&lock))
    return NULL;
  ranges_exclude(address, &mapping.low, &mapping.high);
  struct mprt_state *state = mprt_state_take(mapping.low, mapping.high, true);
  if (state && !range_insert((struct range){mapping.low, mapping.high, state,
                                            mapping.has_guard, false})) {
    mprt_state_release(state);
    state = NULL;
  }
  mprt_unlock(&lock);
  if (state && !mapping.has_guard)
    say_unbounded();
  return state;
}

/* Looks the address up in the table. False when no stack is there. */
static bool table_find(uintptr_t address, enum mprt_seeker seeker,
                       struct mprt_state **state) {
  struct range *range = range_at(address);
  if (range) {
    if (!range->state && seeker == MPRT_CALL) {
      range->state = mprt_state_take(range->low, range->high, true);
      epoch_next(); /* who took it for a stranger looks again */
    }
    *state = range->state;
  }
  if (!*state) {
    const uintptr_t block = (uintptr_t)64 << 10;
    uintptr_t low = address / block * block, high = low + block;
    if (range) {
      low = range->low;
      high = range->high;
    } else {
      ranges_exclude(address, &low, &high);
    }
    stranger.low = low;
    stranger.high = high;
    stranger.epoch = mprt_stacks_epoch;
  }
  return range != NULL;
}

static struct mprt_state *stack_find(uintptr_t address, enum mprt_seeker seeker,
                                     bool *is_locked_out) {
  uint32_t epoch =
      atomic_load_explicit(&mprt_stacks_epoch, memory_order_acquire);
  struct mprt_state *state = NULL;
  if (seeker != MPRT_CALL) {
    if (epoch == 0 && !mprt_own())
      return NULL;
    if (epoch && stranger.epoch == epoch && stranger.low <= address &&
        address < stranger.high)
      return NULL;
  }
  if (mprt_own_holds(address) && !mprt_own_is_divided())
    return seeker == MPRT_CALL ? mprt_attach() : mprt_own();
  if (epoch) {
    *is_locked_out = !mprt_lock(&lock);
    if (*is_locked_out)
      return NULL;
    bool is_known = table_find(address, seeker, &state);
    mprt_unlock(&lock);
    if (is_known)
      return state;
  }
  if (mprt_own_holds(address))
    return seeker == MPRT_CALL ? mprt_attach() : mprt_own();
  return seeker == MPRT_CALL ? stack_guess(address) : NULL;
}

MPRT_COLD struct mprt_state *mprt_stack_at(uintptr_t address,
                                           enum mprt_seeker seeker) {
  struct mprt_state *self = mprt_self;
  bool is_locked_out = false;
  if (!mprt_may_enter())
    return NULL;
  if (!self || !mprt_is_below(self, self->base, address))
    self = stack_find(address, seeker, &is_locked_out);
  if (self)
    mprt_self = self;
  else if (is_locked_out && seeker == MPRT_EVENT)
    mprt_drop(&mprt_header()->dropped_events);
  return self;
}
