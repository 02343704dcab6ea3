/* snapshot.h - what runs are compared by: the numbers of each function and of
 * its lines, with nothing in it that belongs to one machine or one build.
 *
 * Made from a report, or read from a baseline (baseline.h). All memory is the
 * scratch's.
 */
#ifndef MEMPROF_SNAPSHOT_H
#define MEMPROF_SNAPSHOT_H

#include "report/source.h"
#include "tolerance.h"

/* Of a line of which only the text is known. */
#define SNAPSHOT_ANYWHERE INT64_MIN

/* One source line of a function on which something happened, or on which
 * nothing did but which may be the partner of one. */
struct snapshot_line {
  const char *text; /* blanks folded; NULL: the source is not known */
  const char *file; /* NULL: the function's own; a baseline does not tell */
  unsigned line;    /* 0: a baseline's */
  int64_t below;    /* lines below the definition; in another file the line */
  uint64_t values[METRIC_COUNT]; /* of a line METRIC_calls stays 0 */
};

struct snapshot_function {
  const char *file;      /* relative; "": not known */
  const char *signature; /* or the name of a test or scope, or "process" */
  unsigned line;         /* of the definition; 0: not known */
  uint64_t values[METRIC_COUNT]; /* METRIC_NONE: not compared */
  struct snapshot_line *lines;   /* in the order of the source */
  size_t line_count;
  /* of a baseline's only */
  const char *comment;         /* the '#' lines above it, or NULL */
  const struct tolerance *own; /* [METRIC_COUNT], or NULL */
};

/* The process as a whole: it has a peak and nothing else. */
#define SNAPSHOT_PROCESS "process"

struct snapshot {
  struct snapshot_function *functions; /* by file, signature, line */
  size_t count;
};

/* What happens to paths and texts. */
struct snapshot_style {
  const char *root; /* paths are relative to it, and texts are looked for below
                       it; NULL: the current directory */
  const char *functions; /* globs, as of --function; NULL: all */
};

/* The functions that were measured. Texts come from sources that still are what
 * was compiled. Returns false after error(). */
bool snapshot_take(struct snapshot *snapshot, const struct report *report,
                   const struct snapshot_style *style, struct scratch *scratch);

/* Forgets the functions that the globs do not match; NULL: none. */
void snapshot_keep(struct snapshot *snapshot, const char *globs);

/* The order of functions. */
int snapshot_compare(const struct snapshot_function *a,
                     const struct snapshot_function *b);

/* Whether it is that of the process as a whole. */
bool snapshot_is_process(const struct snapshot_function *function);

/* As much of a signature as names the function: without its parameters. */
size_t snapshot_name_length(const char *signature);

/* Whether anything happened on it. */
bool snapshot_line_is_busy(const struct snapshot_line *line);

#endif
