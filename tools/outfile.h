/* outfile.h - where a command writes its data: standard output, or a file that
 * appears under its name when it is whole. */
#ifndef MEMPROF_OUTFILE_H
#define MEMPROF_OUTFILE_H

#include "report/sink.h"
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/* Between open and commit or cancel. */
struct outfile {
  FILE *file;       /* write here; errors may wait for commit */
  const char *path; /* NULL: standard output */
  char *temporary;  /* the name until then; NULL: written in place */
};

/* path NULL or "-": standard output. A device or a FIFO is written as it is; a
 * symbolic link leads to its target. A new file gets `mode` and the umask, an
 * older one keeps its mode. Returns false after error(). */
bool outfile_open(struct outfile *out, const char *path, mode_t mode);
/* Flushes, syncs errors, gives the file its name. Returns false after error();
 * then there is no half file, and an older one is as it was. */
bool outfile_commit(struct outfile *out);
/* Gives up: nothing was written. */
void outfile_cancel(struct outfile *out);

/* For what is written through a sink: a start behind all that the file holds,
 * and an end. Returns false after error(). */
void outfile_sink(struct outfile *out, struct sink *sink);
bool outfile_sink_end(struct outfile *out, struct sink *sink);

#endif
