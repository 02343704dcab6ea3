/* render.h - the formats of `memprof report`: one file each, one row each. */
#ifndef MEMPROF_RENDER_H
#define MEMPROF_RENDER_H

#include "outfile.h"
#include "views.h"

/* Writes all of it to out->file. Returns false after error(); failed writes are
 * found by outfile_commit(). */
typedef bool render(const struct view *view, struct outfile *out);

/* X(format, parts, help): the word of --format, and render_<format>_format;
 * what it needs of the subject, enum subject_parts, beside the report. */
#define FORMATS(X)                                                             \
  X(text, 0, "the tables that the run prints at its end")                      \
  X(json, SUBJECT_CONTEXT_SUMS, "all there is, for programs")                  \
  X(html, SUBJECT_CONTEXTS, "a page to look at, in one file")                  \
  X(csv, 0, "a list, for spreadsheets")                                        \
  X(markdown, 0, "a list and the limits, for summaries and comments")          \
  X(junit, SUBJECT_CONTEXT_SUMS, "limits and tests as CI servers read them")   \
  X(github, 0, "annotations of lines, as GitHub Actions reads them")           \
  X(gcc, 0, "the same as compilers print them, for editors")

#define DECLARE_FORMAT(FORMAT, PARTS, HELP) render render_##FORMAT##_format;
FORMATS(DECLARE_FORMAT)
#undef DECLARE_FORMAT

#endif
