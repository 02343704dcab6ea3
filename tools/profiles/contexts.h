/* contexts.h - the calling contexts of a report: which marked function was
 * called from where, and what happened there, without its callees.
 *
 * What exporters, trees and flame graphs are made of: each event stands here
 * once, so sums over all lines are the totals. Contexts of several threads with
 * the same path are one.
 */
#ifndef MEMPROF_CONTEXTS_H
#define MEMPROF_CONTEXTS_H

#include "report/report.h"

#define CONTEXT_NONE UINT32_MAX

/* Bytes as requested. */
struct context_sums {
  uint64_t allocs, bytes, frees, freed;
  uint64_t kept;      /* allocated here and not released by anyone */
  uint64_t temporary; /* blocks */
  uint64_t at_peak;   /* bytes of `kept` at the process's high-water mark */
};

struct context {
  uint32_t function;   /* index into report.functions */
  uint32_t parent;     /* index of the caller's context, always a smaller one;
                          CONTEXT_NONE: called from outside marked functions */
  uint32_t parent_row; /* of the parent's function: the line of the call */
  uint32_t first_line; /* its lines: lines[first_line], line_count of them */
  uint32_t line_count;
  struct context_sums own;   /* of its lines */
  struct context_sums total; /* and of all contexts below it */
  uint64_t calls;            /* unfinished ones included */
  uint64_t finished;         /* calls that per_call holds */
  struct memprof_stat per_call[MEMPROF_CALL_METRIC_COUNT];
};

/* What happened on one line of one context while its function was the innermost
 * marked one. Bytes as requested. */
struct context_line {
  uint32_t context;
  uint32_t row; /* of the context's function */
  uint64_t allocs, bytes, frees, freed;
  uint64_t kept;      /* allocated here and not released by anyone */
  uint64_t temporary; /* blocks */
  uint64_t at_peak;   /* bytes of `kept` at the process's high-water mark */
  uint64_t peak;      /* as of a row: callees included, of the visits here */
};

struct contexts {
  struct context *contexts; /* parents before their children */
  size_t count;
  struct context_line *lines; /* by context, then by row; only such with an
                                 event */
  size_t line_count;
};

/* Returns false when memory runs out. The report is that of the profile, not
 * by_thread; all memory is the scratch's. Without lines: their sums alone. */
bool contexts_build(struct contexts *contexts, const struct profile *profile,
                    const struct report *report, bool with_lines,
                    struct scratch *scratch);

#endif
