/* distance.h - how far a wrong name is from a right one. No state, no heap. */
#ifndef MEMPROF_COMMON_DISTANCE_H
#define MEMPROF_COMMON_DISTANCE_H

#ifdef __cplusplus
extern "C" {
#endif

/* How many letters have to be added, taken away or changed to make `right` of
 * `wrong`; of names with more than 127 letters, more than anything near. */
unsigned edit_distance(const char *wrong, const char *right);

#ifdef __cplusplus
}
#endif
#endif
