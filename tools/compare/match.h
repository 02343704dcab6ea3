/* match.h - which function, and which line of it, of one run is which of
 * another.
 *
 * Functions are told by file and signature; what is left over, because it moved
 * to another file or has other parameters, by what is unique of it. Lines are
 * told by their text, in their order; where texts are missing, by how far they
 * are below the definition.
 */
#ifndef MEMPROF_MATCH_H
#define MEMPROF_MATCH_H

#include "snapshot.h"

/* One side is NULL when it has no partner. */
struct line_pair {
  const struct snapshot_line *before, *after;
};

struct function_pair {
  const struct snapshot_function *before, *after;
  struct line_pair *lines; /* as they stand after, what is gone between them */
  size_t line_count;
  bool are_lines_known; /* else nobody can say which line grew */
};

struct matching {
  struct function_pair *pairs; /* by file and signature */
  size_t count;
};

/* Returns false when memory runs out; all of it is the scratch's. */
bool match_snapshots(struct matching *matching, const struct snapshot *before,
                     const struct snapshot *after, struct scratch *scratch);

#endif
