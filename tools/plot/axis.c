/* axis.c - round numbers for the ticks of an axis. */
#include "axis.h"
#include <math.h>
#include <stdio.h>

struct unit {
  const char *name;
  double scale;
  double from; /* the unit is taken when so many fit */
};

/* Largest first. */
static const struct unit bytes_units[] = {
    {"TiB", 0x1p40, 1}, {"GiB", 0x1p30, 1}, {"MiB", 0x1p20, 1},
    {"KiB", 0x1p10, 1}, {"B", 1, 0},
};
static const struct unit time_units[] = {
    {"h", 3600e9, 3}, {"min", 60e9, 5}, {"s", 1e9, 1},
    {"ms", 1e6, 1},   {"µs", 1e3, 1},   {"ns", 1, 0},
};

static const struct unit count_units[] = {{"", 1, 0}};

static void pick_unit(struct axis *axis, const struct unit *units,
                      double range) {
  while (range < units->from * units->scale)
    units++;
  axis->unit = units->name;
  axis->scale = units->scale;
}

/* The smallest of 1, 2, 5, 10, ... units (or of 0.1, ...) that makes at most
 * `most` steps. */
static void pick_step(struct axis *axis, double range, unsigned most) {
  double wanted = range / axis->scale / (most ? most : 1);
  double power = wanted > 0 ? pow(10, floor(log10(wanted))) : 1;
  double step = power;
  const double factors[] = {1, 2, 5, 10};
  for (int i = 0; i < 4 && step < wanted * (1 - 1e-9); i++)
    step = power * factors[i];
  if (step < 1 && axis->scale == 1)
    step = 1; /* there is no half byte */
  axis->decimals = step < 1 ? (unsigned)(ceil(-log10(step) - 1e-9)) : 0;
  axis->step = step * axis->scale;
}

/* An axis whose ends are ticks. */
static struct axis axis_of(const struct unit *units, int64_t low, int64_t high,
                           unsigned most) {
  struct axis axis = {0};
  double range = (double)high - (double)low;
  if (range <= 0)
    range = 1;
  pick_unit(&axis, units, fmax(fabs((double)high), fabs((double)low)));
  pick_step(&axis, range, most);
  axis.low = axis.first = floor((double)low / axis.step) * axis.step;
  axis.high = fmax(ceil((double)high / axis.step), 1) * axis.step;
  axis.count = (unsigned)lround((axis.high - axis.low) / axis.step) + 1;
  return axis;
}

struct axis axis_of_bytes(int64_t low, int64_t high, unsigned most) {
  return axis_of(bytes_units, low, high, most);
}

struct axis axis_of_counts(int64_t high, unsigned most) {
  return axis_of(count_units, 0, high, most);
}

struct axis axis_of_time(int64_t from_ns, int64_t to_ns, unsigned most) {
  struct axis axis = {.low = (double)from_ns, .high = (double)to_ns};
  double range = axis.high - axis.low;
  /* a part of the third second is no matter of milliseconds */
  pick_unit(&axis, time_units, fmax(range, fmin(axis.high, 1e9)));
  pick_step(&axis, range, most);
  axis.first = ceil(axis.low / axis.step - 1e-9) * axis.step;
  axis.count = (unsigned)floor((axis.high - axis.first) / axis.step + 1e-9) + 1;
  return axis;
}

double axis_tick(const struct axis *axis, unsigned tick) {
  return axis->first + tick * axis->step;
}

void axis_tick_text(const struct axis *axis, unsigned tick, char *out,
                    size_t capacity) {
  double value = axis_tick(axis, tick) / axis->scale;
  snprintf(out, capacity, "%.*f", (int)axis->decimals,
           fabs(value) < 1e-12 ? 0.0 : value);
}
