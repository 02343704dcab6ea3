/* merge.h - which functions of a profile are the same function, and which of
 * their lines the same line. Between profile and rows; nobody else needs it. */
#ifndef MEMPROF_REPORT_MERGE_H
#define MEMPROF_REPORT_MERGE_H

#include "report.h"

#pragma GCC visibility push(hidden)

/* A function of the report, or one thread's part of it, while it is added up.
 */
struct merged {
  struct function_rows *rows;
  uint64_t finished;    /* calls that per_call holds */
  uint64_t first_stamp; /* of the first of them */
  bool entered;
  uint64_t entry_stamp; /* of the latest entry */
  int64_t entry_live;
};

struct merge {
  struct merged *groups;   /* [report.function_count], same order */
  uint32_t *group_of_node; /* by index of the profile's node; not of roots */
  uint32_t *group_of_function; /* by index of the profile's function */
  uint32_t **row_of_line;      /* by index of the profile's function: index of a
                              line -> index of a row */
};

/* Makes report->functions with all their rows, the counters still zero: those
 * of each thread with report->by_thread. Functions with the same name,
 * signature and place of definition become one; a file is known by its path,
 * not by how a compiler was given it. Returns false when memory runs out. */
bool merge_functions(struct merge *merge, const struct profile *profile,
                     struct report *report, struct scratch *scratch);

/* What a context adds to; it is no root. */
static inline struct merged *merge_function(const struct merge *merge,
                                            size_t node) {
  return &merge->groups[merge->group_of_node[node]];
}

#pragma GCC visibility pop
#endif
