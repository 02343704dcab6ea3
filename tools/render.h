/* render.h - the formats of `memprof report`: one file each, one row each. */
#ifndef MEMPROF_RENDER_H
#define MEMPROF_RENDER_H

#include "outfile.h"
#include "subject.h"

/* What is to be shown, and how. */
struct view {
  const struct subject *subject;
  const struct report
      *report;               /* the subject's, but just the functions wanted */
  struct report_style style; /* of texts for people; data is in bytes */
};

/* Writes all of it to out->file. Returns false after error(); failed writes are
 * found by outfile_commit(). */
typedef bool render(const struct view *view, struct outfile *out);

/* X(format, help): the word of --format, and render_<format>_format. */
#define FORMATS(X) X(text, "the tables that the run prints at its end")

#define DECLARE_FORMAT(FORMAT, HELP) render render_##FORMAT##_format;
FORMATS(DECLARE_FORMAT)
#undef DECLARE_FORMAT

#endif
