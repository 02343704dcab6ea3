/* distance.c - Levenshtein's distance, one row of its table at a time. */
#include "distance.h"
#include <limits.h>
#include <string.h>

static unsigned least(unsigned a, unsigned b) { return a < b ? a : b; }

unsigned edit_distance(const char *wrong, const char *right) {
  unsigned row[128];
  size_t width = strlen(right);
  if (width >= sizeof row / sizeof *row || strlen(wrong) >= sizeof row)
    return UINT_MAX;
  for (unsigned i = 0; i <= width; i++)
    row[i] = i;
  for (unsigned i = 1; *wrong; wrong++, i++) {
    unsigned diagonal = row[0];
    row[0] = i;
    for (unsigned j = 1; j <= width; j++) {
      unsigned changed = diagonal + (*wrong != right[j - 1]);
      diagonal = row[j];
      row[j] = least(changed, least(row[j], row[j - 1]) + 1);
    }
  }
  return row[width];
}

void nearest_offer(struct nearest *nearest, const char *wrong,
                   const char *name) {
  unsigned distance = edit_distance(wrong, name);
  if (distance < nearest->distance)
    *nearest = (struct nearest){name, distance};
}
