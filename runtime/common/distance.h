/* distance.h - how far a wrong name is from right ones. No state, no heap. */
#ifndef MEMPROF_COMMON_DISTANCE_H
#define MEMPROF_COMMON_DISTANCE_H

#ifdef __cplusplus
extern "C" {
#endif

/* How many letters have to be added, taken away or changed to make `right` of
 * `wrong`; of names with more than 127 letters, more than anything near. */
unsigned edit_distance(const char *wrong, const char *right);

/* The nearest of several names so far. */
struct nearest {
  const char *name;  /* NULL: none is near enough */
  unsigned distance; /* its own; before, the first that is too far */
};
/* Of a slip of the finger. */
#define NEAREST_SLIP 3

void nearest_offer(struct nearest *nearest, const char *wrong,
                   const char *name);

#ifdef __cplusplus
}
#endif
#endif
