/* compare.h - two runs side by side: what grew, what shrank, what is new. */
#ifndef MEMPROF_COMPARE_H
#define MEMPROF_COMPARE_H

#include "match.h"

enum change {
  CHANGE_NONE,
  CHANGE_WORSE,
  CHANGE_BETTER,
  CHANGE_NEW,
  CHANGE_GONE,
  CHANGE_COUNT
};

struct compared {
  const struct function_pair *pair;
  enum change change; /* worse when any metric is */
  /* of each metric: NONE, WORSE or BETTER; NONE of what is not compared */
  enum change metrics[METRIC_COUNT];
  bool is_judged[METRIC_COUNT];   /* both have it, and it is not off */
  uint64_t allowed[METRIC_COUNT]; /* the largest that would not be worse */
};

/* A limit that would let a multiple of what was measured pass. */
struct loose_limit {
  const char *file, *function; /* "" and NULL: the process */
  unsigned line;               /* of the function's definition; 0: unknown */
  const char *metric;
  bool is_size;
  uint64_t ceiling, worst;
  const char *where; /* it was set; NULL: unknown */
};

struct comparison {
  const char *before, *after; /* what is compared: names of files */
  struct compared *functions; /* by file and signature */
  size_t count;
  size_t changes[CHANGE_COUNT]; /* functions with this change */
  size_t common;                /* functions on both sides */
  const struct loose_limit *loose;
  size_t loose_count;
};

/* `tolerances` hold where the function of `before` has none of its own. Returns
 * false after error(). */
bool compare(struct comparison *comparison, const struct snapshot *before,
             const struct snapshot *after,
             const struct tolerance tolerances[METRIC_COUNT],
             struct scratch *scratch);

/* Where people find it: of both sides the newer one. */
static inline const struct snapshot_function *
compared_function(const struct compared *c) {
  return c->pair->after ? c->pair->after : c->pair->before;
}

/* The lines that grew most in this metric, largest first; how many there are of
 * the `capacity` wanted. 0 where nobody can say. */
size_t compared_lines(const struct compared *compared, enum metric metric,
                      const struct line_pair *lines[], size_t capacity);

bool line_pair_differs(const struct line_pair *pair);

/* What a line or function has; 0 when it is not there or not known. */
uint64_t line_value(const struct snapshot_line *line, enum metric metric);
uint64_t function_value(const struct snapshot_function *f, enum metric metric);

#endif
