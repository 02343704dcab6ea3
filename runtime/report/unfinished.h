/* unfinished.h - calls that a profile leaves open, counted as if they ended
 * now. Between profile and who adds up (rows, the tool's combine). */
#ifndef MEMPROF_REPORT_UNFINISHED_H
#define MEMPROF_REPORT_UNFINISHED_H

#include "report.h"

#pragma GCC visibility push(hidden)

/* Who is told. `node` is an index into the profile's. */
struct unfinished {
  void *context;
  /* A call of this context ends with these metrics. */
  void (*call)(void *context, size_t node,
               const uint64_t values[MEMPROF_CALL_METRIC_COUNT]);
  /* Its end is the latest event of its caller's line. */
  void (*event)(void *context, size_t node, uint32_t line, uint64_t peak,
                int64_t mem_usage);
};

/* Of each thread, innermost first. The image stays as it is. */
void unfinished_visit(const struct profile *profile,
                      const struct unfinished *unfinished);

#pragma GCC visibility pop
#endif
