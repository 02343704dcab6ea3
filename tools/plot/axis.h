/* axis.h - where the ticks of an axis stand, and what they say. */
#ifndef MEMPROF_AXIS_H
#define MEMPROF_AXIS_H

#include <stddef.h>
#include <stdint.h>

/* Ticks at from, from + step, ... up to `to`, all multiples of step. */
struct axis {
  const char *unit; /* "MiB", "s" */
  double scale;     /* of one unit: bytes, or ns */
  double low, high; /* of what is shown, in bytes or ns */
  double first;     /* tick inside low..high */
  double step;
  unsigned count;    /* ticks */
  unsigned decimals; /* that their texts need */
};

/* Bytes from low (at most 0) to high; both ends become ticks. `most`: ticks
 * that have room. */
struct axis axis_of_bytes(int64_t low, int64_t high, unsigned most);
/* Counts from 0 to high, whole ones; the unit is "". */
struct axis axis_of_counts(int64_t high, unsigned most);
/* Time, whose ends stay. */
struct axis axis_of_time(int64_t from_ns, int64_t to_ns, unsigned most);

double axis_tick(const struct axis *axis, unsigned tick);
/* "1.5", without the unit. */
void axis_tick_text(const struct axis *axis, unsigned tick, char *out,
                    size_t capacity);

#endif
