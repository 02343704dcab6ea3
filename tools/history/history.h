/* history.h - runs over commits, in a SQLite file: what each function took in
 * each of them.
 *
 * One file may hold the runs of many machines: a run has an id that no other has,
 * so what is fed in twice is there once. Runs are compared with those of the same
 * label only, which says what makes numbers differ: "gcc, -O2", "arm64".
 */
#ifndef MEMPROF_HISTORY_H
#define MEMPROF_HISTORY_H

#include "snapshot.h"
#include <sqlite3.h>

/* X(field, column, text of --help and of list): the texts of a run. */
#define HISTORY_TEXTS(X)                                                       \
  X(uuid, "id of the run, 32 hexadecimal digits")                              \
  X(commit, "what was built: a commit, or any name")                           \
  X(branch, "the branch; empty when unknown")                                  \
  X(label, "what it is comparable with; empty: the runs without a label")      \
  X(host, "the machine that ran it; empty when unknown")

struct history_run {
  int64_t number; /* in this file; in the order of recording */
  int64_t time;   /* seconds since 1970, when the program started */
#define HISTORY_FIELD(FIELD, HELP) const char *FIELD;
  HISTORY_TEXTS(HISTORY_FIELD)
#undef HISTORY_FIELD
};

struct history {
  sqlite3 *database;
  const char *path;
};

/* Opens the file; makes it, when `may_make`. Returns false after error(): it is
 * not there, is no history, or one of a later version. */
bool history_open(struct history *history, const char *path, bool may_make);
void history_close(struct history *history);

/* All of it or nothing, whatever else writes to the file. A run that is there
 * already stays as it is: *is_new tells. Returns false after error(). */
bool history_add(struct history *history, const struct history_run *run,
                 const struct snapshot *snapshot, bool *is_new);

/* Which runs: those with this label, from this commit on, the newest of them.
 * Zero: all. */
struct history_range {
  const char *label; /* NULL: of any label */
  const char *since; /* a commit, or its beginning; NULL: from the first on */
  size_t last;       /* 0: all */
};

struct history_runs {
  struct history_run *runs; /* by time, then number */
  size_t count;
};

/* Returns false after error(). All memory is the scratch's. */
bool history_runs(struct history *history, const struct history_range *range,
                  struct history_runs *runs, struct scratch *scratch);

/* One function in all runs of a range, told as diff tells it (match.h): it may
 * have moved. */
struct history_function {
  /* In the newest run that has it; the line is that of its definition. */
  const char *file, *signature;
  unsigned line;
  uint64_t (*values)[METRIC_COUNT]; /* [runs.count]; METRIC_NONE: not there */
};

struct history_table {
  struct history_runs runs;
  struct history_function *functions; /* by file and signature */
  size_t count;
};

/* The functions that the globs match; NULL: all. Returns false after error().
 */
bool history_table(struct history *history, const struct history_range *range,
                   const char *functions, struct history_table *table,
                   struct scratch *scratch);

/* One run's functions, in the order of the table. */
bool history_snapshot(struct history *history, const struct history_run *run,
                      struct snapshot *snapshot, struct scratch *scratch);

/* ---- history_lines.c: JSON lines, one run each ---- */

/* Returns false after error(); the latter's names the line. */
bool history_export(struct history *history, const struct history_range *range,
                    FILE *to);
bool history_import(struct history *history, const char *path, size_t *added,
                    size_t *known);

/* ---- history_steps.c: where a level changed ---- */

struct history_step {
  size_t at;              /* the first value of the new level */
  uint64_t before, after; /* the medians */
};

/* The step after which the values went on higher than before by more than the
 * tolerance, and by more than their own noise; false when there is none. A value
 * that is METRIC_NONE is left out. */
bool history_step_find(const uint64_t *values, size_t count,
                       const struct tolerance *tolerance,
                       struct history_step *step);

#endif
