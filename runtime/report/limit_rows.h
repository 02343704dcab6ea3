/* limit_rows.h - the limits of a profile: those of a function's copies as one. */
#ifndef MEMPROF_REPORT_LIMIT_ROWS_H
#define MEMPROF_REPORT_LIMIT_ROWS_H

#include "report.h"

#pragma GCC visibility push(hidden)

enum { LIMIT_OF_PROCESS = UINT32_MAX };

struct limit_row {
  struct memprof_limit sum;             /* all of it, added up */
  const char *where;                    /* NULL: unknown */
  const char *name;                     /* NULL: the process */
  const struct function_rows *function; /* the first of its threads' */
  uint32_t group;                       /* LIMIT_OF_PROCESS for the process */
};

/* By function as marked, then by metric; the process's last. */
struct limit_rows {
  struct limit_row **rows;
  size_t count;
};

/* Those of the report's functions, and of the process. Returns false when
 * memory runs out. */
bool limit_rows_collect(struct limit_rows *all, const struct report *report,
                        struct scratch *scratch);

#pragma GCC visibility pop
#endif
