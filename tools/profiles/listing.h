/* listing.h - the profile files of a directory, told by their first bytes. */
#ifndef MEMPROF_LISTING_H
#define MEMPROF_LISTING_H

#include "input.h"
#include <stdbool.h>
#include <stddef.h>

struct listed {
  char *path; /* as a user would name it */
  struct memprof_header header;
  uint64_t size; /* of the file */
  ino_t inode;
};

/* Zero-initialise; listing_close frees all. */
struct listing {
  struct listed *items; /* as their processes started: the oldest first */
  size_t count;
};

/* All `*.mprof` of the directory that this version reads: what is none of ours
 * is passed over. Returns false after error(). */
bool listing_open(struct listing *listing, const char *directory);
void listing_close(struct listing *listing);

/* How many other profiles of the run, 0 for none, lie beside a file of it, copies
 * of it not counted. */
size_t listing_count_others(const char *path, uint64_t run);
/* On stderr, of each file that alone stands for its run: that others do. */
void listing_say_rest(char *const *paths, size_t count);

/* The one that an operand such as "0" or "-1" names: counted from the oldest,
 * or from behind the newest. NULL: no index, or there is none such. */
const struct listed *listing_at(const struct listing *listing,
                                const char *index);
/* Whether a text is an index: digits, perhaps after a minus. */
bool is_index(const char *text);

enum input_state listed_state(const struct listed *listed);
/* The text of a META record, to be freed; NULL: there is none. */
char *listed_meta(const struct listed *listed, enum memprof_meta_key key);

/* Whether the file begins as a profile of any version does. */
bool is_profile(const char *path);

#endif
