/* history_steps.c - finds the place where a level changed.
 *
 * Numbers of a deterministic program do not scatter, and each change is one; what
 * does scatter (threads, hash tables) is told from a step by the median absolute
 * deviation around each side's median. Source: Rousseeuw and Croux, "Alternatives
 * to the Median Absolute Deviation", 1993, for the factor that makes it the
 * standard deviation of what is normal.
 */
#include "history.h"
#include <math.h>
#include <stdlib.h>

enum { WINDOW_MOST = 4096 };
static const double deviations = 3; /* this far out is no noise */
static const double normal = 1.4826;

static int compare_doubles(const void *a, const void *b) {
  double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

static double median(double *values, size_t count) {
  qsort(values, count, sizeof *values, compare_doubles);
  return count % 2 ? values[count / 2]
                   : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* The middle of values[from..to), and how far they are from it. */
static double level(const double *values, size_t from, size_t to,
                    double *noise) {
  double sorted[WINDOW_MOST];
  size_t count = to - from;
  for (size_t i = 0; i < count; i++)
    sorted[i] = values[from + i];
  double middle = median(sorted, count);
  for (size_t i = 0; i < count; i++)
    sorted[i] = fabs(values[from + i] - middle);
  *noise = normal * median(sorted, count);
  return middle;
}

static double mean(const double *values, size_t from, size_t to) {
  double sum = 0;
  for (size_t i = from; i < to; i++)
    sum += values[i];
  return sum / (double)(to - from);
}

bool history_step_find(const uint64_t *all, size_t count,
                       const struct tolerance *tolerance,
                       struct history_step *step) {
  double values[WINDOW_MOST], best = 0;
  size_t places[WINDOW_MOST], known = 0;
  size_t from = count > WINDOW_MOST ? count - WINDOW_MOST : 0;
  for (size_t i = from; i < count; i++)
    if (all[i] != METRIC_NONE) {
      places[known] = i;
      values[known++] = (double)all[i];
    }
  for (size_t split = 1; split < known; split++) {
    double noise[2];
    double before = level(values, 0, split, &noise[0]);
    double after = level(values, split, known, &noise[1]);
    uint64_t old = (uint64_t)before;
    double allowed = (double)(tolerance_ceiling(tolerance, old) - old);
    double scatter = deviations * fmax(noise[0], noise[1]);
    if (after - before <= fmax(allowed, scatter))
      continue;
    /* of several splits the one that parts most between its sides: medians
       alone do not see a value that is on the wrong one */
    double apart = mean(values, split, known) - mean(values, 0, split);
    double parted = apart * apart * (double)split * (double)(known - split);
    if (parted <= best)
      continue;
    best = parted;
    *step = (struct history_step){places[split], old, (uint64_t)after};
  }
  return best > 0;
}
