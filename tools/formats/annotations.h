/* annotations.h - what a profile has to say about lines of the source: limits
 * that were broken, and where most memory went. For editors and CI servers that
 * show it beside the line. */
#ifndef MEMPROF_ANNOTATIONS_H
#define MEMPROF_ANNOTATIONS_H

#include "verdicts.h"

/* X(severity, gcc's word, GitHub's word) */
#define SEVERITIES(X)                                                          \
  X(ERROR, "error", "error")                                                   \
  X(WARNING, "warning", "warning")                                             \
  X(NOTE, "note", "notice")

#define ENUM_SEVERITY(SEVERITY, GCC, GITHUB) ANNOTATION_##SEVERITY,
enum severity { SEVERITIES(ENUM_SEVERITY) SEVERITY_COUNT };
#undef ENUM_SEVERITY

struct annotation {
  enum severity severity;
  const char
      *path; /* relative to the current directory if it is below it; NULL:
                       unknown */
  unsigned line;
  const char *message; /* as others wrote the names in it: to be cleaned */
};

/* Zero-initialise; all memory is the subject's. */
struct annotations {
  struct annotation *list;
  size_t count, capacity;
};

/* Each broken limit with the lines that take most of it, each limit that was not
 * checked, then the lines that allocated most, style.top or 5 of them. Returns
 * false after error(). */
bool annotations_list(struct annotations *annotations, const struct view *view);
/* One broken limit. */
bool annotations_of_verdict(struct annotations *annotations,
                            const struct view *view,
                            const struct verdict *verdict);

#endif
