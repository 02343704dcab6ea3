/* subject.h - what a command is about: profile files, read and added up. */
#ifndef MEMPROF_SUBJECT_H
#define MEMPROF_SUBJECT_H

#include "combine.h"
#include "contexts.h"
#include "input.h"

enum subject_parts {
  SUBJECT_THREADS = 1,      /* each thread's tables apart; not with contexts */
  SUBJECT_CONTEXTS = 2,     /* fills `contexts` */
  SUBJECT_CONTEXT_SUMS = 4, /* the same, but for their lines */
};

/* Zero-initialise; subject_close owns all of it. */
struct subject {
  const char *name; /* of the file, or "the sum" */
  /* one file's; of several the sum, without spans */
  const struct profile *profile;
  char **paths; /* [path_count] the files; named on the command line or `found`
                 */
  size_t path_count;
  char **found; /* the newest run's; NULL: files were named */
  struct report report;
  struct contexts contexts;
  struct scratch *scratch;  /* lives as long as the subject */
  struct input input;       /* of one file; of a sum only its scratch and
                               profile */
  struct combined combined; /* of several */
};

/* Reads the files named, or, without any, those of the newest run in the
 * current directory; says on stderr what a reader has to know about them.
 * `parts`: enum subject_parts, or-ed. Returns false after error(). */
bool subject_open(struct subject *subject, char **paths, size_t count,
                  unsigned parts);
void subject_close(struct subject *subject);

#endif
