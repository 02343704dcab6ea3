/* baseline.h - what a run was measured to take, as a text file that people
 * review, edit and commit.
 *
 *   # memprof baseline 1
 *   tolerance allocs=0 bytes=5% peak=5% kept=5%
 *
 *   src/json.c: load | calls=1 allocs=3 bytes=96 peak=64 kept=0+1KiB
 *       allocs=1 bytes=32 peak=32 | char *text = read_file(path);
 *
 * A function has a line, sorted by file and signature; below it, in the order
 * of the source, its lines on which something happened, told by their text, or
 * by "@ N", N lines below the definition, where the source was not at hand. A
 * metric that is not there is not compared; "+1KiB" is that one's tolerance.
 * Bytes as \xNN stand for what would be read as something else.
 */
#ifndef MEMPROF_BASELINE_H
#define MEMPROF_BASELINE_H

#include "snapshot.h"
#include <stdio.h>

struct baseline {
  struct snapshot snapshot;
  struct tolerance tolerances[METRIC_COUNT]; /* of the file; is_given or not */
  const char *head; /* the comment that the file begins with; NULL: a new one */
  const char *foot; /* the comment that it ends with; NULL: none */
};

/* Returns false after error(), which names the line. All memory is the
 * scratch's. */
bool baseline_read(struct baseline *baseline, const char *path,
                   struct scratch *scratch);
/* Whether there is a file that is a baseline, of whatever version. */
bool baseline_is_one(const char *path);

/* The file. */
void baseline_write(FILE *to, const struct baseline *baseline);
/* The line of one function, without its end. */
void baseline_write_function(FILE *to,
                             const struct snapshot_function *function);

#endif
