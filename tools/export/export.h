/* export.h - the formats of `memprof export`: one file each, one row each, and
 * what they share: places in the source, and what happened there by stack.
 *
 * All memory is the subject's scratch. Texts handed out here are printable
 * UTF-8: what is neither stands as \xNN, so that each format has only its own
 * few characters to escape. */
#ifndef MEMPROF_EXPORT_H
#define MEMPROF_EXPORT_H

#include "outfile.h"
#include "plot.h"
#include "subject.h"

/* ---- What one number can be ----
 *
 * X(metric, adds, type, pprof): SUM adds up over lines and callers; ROW is of
 * one row of a table and adds up with nothing. `pprof`: the name of the sample
 * type, Go's own where it has one. */
#define EXPORT_METRICS(X)                                                      \
  X(bytes, SUM, SIZE, "alloc_space")                                           \
  X(allocs, SUM, COUNT, "alloc_objects")                                       \
  X(freed, SUM, SIZE, "free_space")                                            \
  X(frees, SUM, COUNT, "free_objects")                                         \
  X(kept, SUM, SIZE, "inuse_space")                                            \
  X(at_peak, SUM, SIZE, "peak_space")                                          \
  X(temporary, SUM, COUNT, "temporary_objects")                                \
  X(peak, ROW, SIZE, NULL)                                                     \
  X(occurrences, ROW, COUNT, NULL)

#define EXPORT_ENUM_METRIC(METRIC, ADDS, TYPE, PPROF) METRIC_##METRIC,
enum export_metric {
  EXPORT_METRICS(EXPORT_ENUM_METRIC) METRIC_COUNT,
  METRIC_SUMS = METRIC_peak /* the first that does not add up */
};
#undef EXPORT_ENUM_METRIC

struct metric {
  const char *name, *pprof;
  bool adds_up, is_size;
};
extern const struct metric metrics[METRIC_COUNT];

/* ---- What is exported ---- */

/* A line of a function. */
struct place {
  uint32_t function; /* index into report.functions, or PLACE_OUTSIDE */
  uint32_t row;      /* of the function */
};
#define PLACE_OUTSIDE UINT32_MAX

struct export {
  const struct subject *subject;
  enum export_metric metric; /* for a format that shows one */
  const char *glob;          /* functions wanted; NULL: all */
  const bool *wanted;        /* by function; NULL: all, and what is outside */
  const char **names;        /* by function: its signature */
  const char ***paths; /* by function, by file: where the source is, or was when
                          it was compiled */
  size_t *first;       /* by function: number of its row 0 */
  size_t place_count;  /* numbers of places; the last is outside */
};

/* Fills in names, paths and numbers. Returns false after error(). */
bool export_prepare(struct export *export);
bool export_is_wanted(const struct export *export, size_t function);
/* A copy of a text that others wrote, made printable; NULL after error(). */
const char *export_text(const struct export *export, const char *text);
/* For what finds no memory: always false, after error(). */
bool export_no_memory(const struct export *export);
/* A text from here as JSON has it, in quotes; a part of one, without. */
void print_json_text(const char *text, FILE *out);
void print_json_part(const char *text, FILE *out);
/* "function (file:line)" */
void print_place(const struct export *export, struct place place, FILE *out);

size_t place_number(const struct export *export, struct place place);
struct place place_of_number(const struct export *export, size_t number);
const char *place_name(const struct export *export, struct place place);
/* NULL: unknown. Line 0: unknown. */
const char *place_path(const struct export *export, struct place place);
unsigned place_line(const struct export *export, struct place place);

/* ---- Stacks: a walk over all that happened, by line and context ---- */

struct stacks {
  const struct context_line *line; /* what happened */
  struct place *places;            /* where: [depth], innermost first */
  size_t depth, capacity;          /* of this stack; at most */
  const struct export *export;
  struct context_line outside;
  size_t next;
};

/* Returns false after error(). */
bool stacks_start(struct stacks *stacks, const struct export *export);
/* Each line of each context with an event once, callers that are not wanted
 * left off; at last what happened outside. False at the end. */
bool stacks_next(struct stacks *stacks);
/* A metric that adds up. */
uint64_t stacks_value(const struct stacks *stacks, enum export_metric metric);

/* ---- The same as a list ---- */

struct sample {
  const size_t *places; /* numbers of places: [depth], innermost first */
  size_t depth;
  uint64_t values[METRIC_SUMS];
};

struct samples {
  struct sample *list; /* in the order of the stacks, each stack once */
  size_t count;
};

/* Returns false after error(). */
bool samples_collect(struct samples *samples, const struct export *export);

/* ---- Time ---- */

struct curve_point {
  uint64_t at_ns; /* CLOCK_MONOTONIC */
  int64_t live;   /* bytes, of all threads or processes */
};

/* Live bytes over time: as `memprof run` sampled them, else as the spans have
 * them; empty when there are neither. */
struct curve {
  struct curve_point *points; /* ascending */
  size_t count;
};

/* The calls that were timed. Returns false after error(). */
bool export_spans(struct plot_spans *spans, const struct export *export);
/* Returns false after error(). */
bool curve_collect(struct curve *curve, const struct export *export);
/* From start to end of the process; 0: unknown. */
uint64_t export_lasted_ns(const struct export *export);
/* The command line; NULL after error(). */
const char *export_command(const struct export *export);

/* ---- The formats ---- */

/* Writes all of it to `out`. Returns false after error(); failed writes are
 * found by outfile_commit(). */
typedef bool export_run(const struct export *export, FILE *out);

/* X(format, kind, metrics, help): a BINARY one is kept off terminals. `metrics`:
 * what --metric may name: ALL are in the file anyway, SUMS, or any ROW; TIMES
 * ones show no metric and need spans or samples instead. */
#define EXPORTS(X)                                                             \
  X(pprof, BINARY, SUMS, "go tool pprof")                                      \
  X(folded, TEXT, SUMS, "flamegraph.pl, and what else reads folded stacks")    \
  X(speedscope, TEXT, SUMS, "speedscope")                                      \
  X(callgrind, TEXT, ALL, "callgrind_annotate and KCachegrind")                \
  X(massif, TEXT, ALL, "ms_print and massif-visualizer")                       \
  X(dhat, TEXT, ALL, "valgrind's dh_view.html")                                \
  X(lcov, TEXT, ROW, "genhtml, and editors that show coverage")                \
  X(perfetto, TEXT, TIMES, "Perfetto and chrome://tracing: memory over time")

#define DECLARE_EXPORT(FORMAT, KIND, METRICS, HELP) export_run export_##FORMAT;
EXPORTS(DECLARE_EXPORT)
#undef DECLARE_EXPORT

#endif
