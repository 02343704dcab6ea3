/* source.h - the text of a source file as it is now, and whether it still is
 * what was compiled. */
#ifndef MEMPROF_REPORT_SOURCE_H
#define MEMPROF_REPORT_SOURCE_H

#include "report.h"

#pragma GCC visibility push(hidden)

enum source_state {
  SOURCE_FOUND,
  SOURCE_MISSING, /* no such file, or it cannot be read: no text */
  SOURCE_CHANGED, /* its MD5 is not the one in the debug info */
  SOURCE_NEWER,   /* no MD5 known, and it is newer than the program */
};

struct source {
  enum source_state state;
  const char *path; /* where the text was found */
  const char *text; /* NULL when missing */
  size_t *starts;   /* [line_count + 1]: where each line starts in text */
  size_t line_count;
};

/* Source files that were read, newest first: many functions, few files. */
struct source_cache {
  struct scratch *scratch;
  const char *root; /* looked for below it first; NULL: none */
  struct cached_source *newest;
};

/* The source of a file, read on the first question. Looks below the root: for
 * the whole path, then for ever shorter ends of it; then where it was compiled,
 * then below the current directory. Of several copies takes the first with the
 * right MD5. Missing when memory runs out. */
const struct source *source_find(struct source_cache *cache,
                                 const struct source_file *file);

/* Line `line` (from 1) without its end, NULL past the end of the text. */
const char *source_line(const struct source *source, size_t line,
                        size_t *length);

/* Whether a function's closing brace stands on the line after `last`, and not
 * before: the next one is its class's then, or its namespace's. */
bool source_is_closed_after(const struct source *source, size_t definition,
                            size_t last);

#pragma GCC visibility pop
#endif
