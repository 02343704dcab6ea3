/* limit.h - the grammar of limits: `metric = floor..ceiling`. Shared by pass,
 * runtime and tool. No heap. */
#ifndef MEMPROF_COMMON_LIMIT_H
#define MEMPROF_COMMON_LIMIT_H

#include "../memprof_format.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The metrics: those of one call (enum memprof_call_metric), `leaked` of a
 * function, `process.peak`. */
enum limit_metric {
  LIMIT_LEAKED = MEMPROF_CALL_METRIC_COUNT,
  LIMIT_PROCESS_PEAK,
  LIMIT_METRIC_COUNT
};

struct limit {
  unsigned metric;  /* index for limit_metric_name() */
  uint64_t floor;   /* smallest value allowed; 0 when none was given */
  uint64_t ceiling; /* largest value allowed; UINT64_MAX when none was given */
};

/* The name of a metric, or NULL past the last one. */
const char *limit_metric_name(unsigned metric);
/* Whether its values are bytes (else counts). */
bool limit_metric_is_size(unsigned metric);

/* Reads "peak=1MiB", "allocs = 3..10", "allocs=3.." (blanks allowed around
 * every token). Returns true and fills *limit, or false with a message in
 * `error` (lower case, no full stop) that quotes what was wrong and says what
 * is allowed. `process.peak` is refused unless `process_wide`. */
bool limit_parse(const char *text, bool process_wide, struct limit *limit,
                 char *error, size_t capacity);

/* A value, exact: "1 MiB", "1048577 B", "12". */
void limit_value_text(char *out, size_t capacity, unsigned metric,
                      uint64_t value);
/* What is allowed: "1 MiB", "3..10", "3..". */
void limit_range_text(char *out, size_t capacity, const struct limit *limit);

#ifdef __cplusplus
}
#endif
#endif
