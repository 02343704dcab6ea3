/* merge.h - which functions of a profile are the same function, and which of
 * their lines the same line. Between profile and rows; nobody else needs it. */
#ifndef MEMPROF_REPORT_MERGE_H
#define MEMPROF_REPORT_MERGE_H

#include "report.h"

#pragma GCC visibility push(hidden)

/* A function of the report while it is added up. */
struct merged {
  struct function_rows *rows;
  uint64_t finished;    /* calls that per_call holds */
  uint64_t first_stamp; /* of the first of them */
  bool entered;
  uint64_t entry_stamp; /* of the latest entry */
  int64_t entry_live;
};

struct merge {
  struct merged *groups;  /* [report.function_count], same order */
  uint32_t *group_of;     /* by index of the profile's function */
  uint32_t **row_of_line; /* the same: index of a line -> index of a row */
};

/* Makes report->functions with all their rows, the counters still zero.
 * Functions with the same name, signature and place of definition become one;
 * a file is known by its path, not by how a compiler was given it. Returns
 * false when memory runs out. */
bool merge_functions(struct merge *merge, const struct profile *profile,
                     struct report *report, struct scratch *scratch);

static inline struct merged *merge_function(const struct merge *merge,
                                            size_t function) {
  return &merge->groups[merge->group_of[function]];
}

static inline struct row *merge_row(const struct merge *merge, size_t function,
                                    uint32_t line) {
  return &merge_function(merge, function)
              ->rows->rows[merge->row_of_line[function][line]];
}

#pragma GCC visibility pop
#endif
