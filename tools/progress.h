/* progress.h - a bar on a terminal for what lasts longer than a second. */
#ifndef MEMPROF_TOOL_PROGRESS_H
#define MEMPROF_TOOL_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* Of one step of the work; nothing to release. */
struct progress {
  bool is_terminal, is_shown;
  size_t total;
  const char *what; /* is counted: "files" */
  struct timespec started;
};

/* On stderr, if that is a terminal. */
void progress_start(struct progress *progress, size_t total, const char *what);
/* The same, but never while standard output runs over the same screen. */
void progress_start_printing(struct progress *progress, size_t total,
                             const char *what, int to);
void progress_show(struct progress *progress, size_t done);
/* Takes the bar away: what is said next begins at the start of its line. */
void progress_clear(struct progress *progress);

#endif
