/* tolerance.h - the metrics of a comparison, and how much each may grow. */
#ifndef MEMPROF_TOLERANCE_H
#define MEMPROF_TOLERANCE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* X(metric, type, tolerance): what is compared of a function, and how much it
 * may grow when nobody says otherwise.
 *
 * - calls: how often it was called. Not compared: who calls more allocates
 *   more.
 * - allocs, bytes, kept: over the run, callees included.
 * - peak: of the largest call.
 */
#define METRICS(X)                                                             \
  X(calls, COUNT, "off")                                                       \
  X(allocs, COUNT, "0")                                                        \
  X(bytes, SIZE, "5%")                                                         \
  X(peak, SIZE, "5%")                                                          \
  X(kept, SIZE, "5%")

#define ENUM_METRIC(METRIC, TYPE, TOLERANCE) METRIC_##METRIC,
enum metric { METRICS(ENUM_METRIC) METRIC_COUNT };
#undef ENUM_METRIC

/* A value that is not there. */
#define METRIC_NONE UINT64_MAX

extern const char *const metric_names[METRIC_COUNT];
bool metric_is_size(enum metric metric);
/* METRIC_COUNT when there is none of this name. */
enum metric metric_find(const char *name, size_t length);

/* A value may grow by a share of itself, and by so much more. */
struct tolerance {
  bool is_off;       /* it may do as it likes */
  bool is_given;     /* somebody said so */
  uint64_t percent;  /* in thousandths */
  uint64_t absolute; /* bytes or a count */
};

/* Reads "off", "5%", "10", "1KiB", "5%+1KiB". Returns false when it is none. */
bool tolerance_parse(struct tolerance *tolerance, enum metric metric,
                     const char *text);
/* Reads "peak=5%,allocs=0" (',' or blanks between them) into those of
 * `tolerances`. Returns false after error(). */
bool tolerance_parse_list(struct tolerance tolerances[METRIC_COUNT],
                          const char *text);
void tolerance_defaults(struct tolerance tolerances[METRIC_COUNT]);
/* As tolerance_parse() reads it. */
void tolerance_print(FILE *to, const struct tolerance *tolerance);
/* The largest value that is still allowed. */
uint64_t tolerance_ceiling(const struct tolerance *tolerance, uint64_t old);
/* The smallest that is no improvement. */
uint64_t tolerance_floor(const struct tolerance *tolerance, uint64_t old);

#endif
