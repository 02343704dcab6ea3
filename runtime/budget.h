/* budget.h - the limits that hold in this run: which calls are checked against
 * which. Between registry, calls and the end of the process. */
#ifndef MPRT_BUDGET_H
#define MPRT_BUDGET_H

#include "common/limit.h"
#include "runtime.h"

#pragma GCC visibility push(hidden)

/* The values of the option on_violation. */
enum { VIOLATION_FAILS, VIOLATION_WARNS, VIOLATION_OFF };

/* The limits of one function. Private memory, never moves. */
struct mprt_budget {
  uint64_t calls; /* atomic: calls that ended while it was checked */
  memprof_ref limits[LIMIT_METRIC_COUNT]; /* LIMIT; 0: none */
  uint32_t unused;
};

/* By function id; an entry is NULL without limits. Grows by moving: readers
 * take the pointer once, and read what was there. */
extern struct mprt_budget **_Atomic mprt_budgets;
/* Entries of it; 0 as long as no function has a limit, and from the end on. */
extern _Atomic uint32_t mprt_budget_count;

/* NULL without limits. Without any limit in the process, one load. */
static inline struct mprt_budget *mprt_budget_of(uint32_t function) {
  if (MPRT_LIKELY(function >= atomic_load_explicit(&mprt_budget_count,
                                                   memory_order_acquire)))
    return NULL;
  return atomic_load_explicit(&mprt_budgets, memory_order_acquire)[function];
}

/* Finds out which limits hold for a function that is new, or for one that has
 * been called maybe. Under the registry's lock. */
void mprt_budget_add(const struct memprof_function *function, bool is_new);
/* The limit of the process. When waking. */
void mprt_budget_init(void);
/* A call of `node` has ended with these metrics. */
void mprt_budget_check(struct mprt_budget *budget,
                       const struct memprof_node *node,
                       const uint64_t values[MEMPROF_CALL_METRIC_COUNT]);
/* One value of one limit. */
void mprt_limit_judge(struct memprof_limit *limit, uint64_t value,
                      uint64_t call, const struct memprof_node *node);
/* From here on no call is checked. */
void mprt_budgets_end(void);
/* Nothing is checked yet: in a forked child, and by memprof_reset. */
void mprt_budgets_reset(void);

/* Whether a limit was ever set for what is marked, or for the process. */
extern bool mprt_has_limits;

/* What forked children have come to; shared with them. NULL when there is no
 * memory, and without limits. */
struct mprt_family {
  _Atomic uint32_t broken;   /* children that broke a limit */
  _Atomic uint32_t measured; /* children that measured something */
  _Atomic uint8_t called[];  /* by function id: checked in a child */
};
extern struct mprt_family *mprt_family;

#pragma GCC visibility pop
#endif
