/* render_history.h - a function over commits: as a table, as a picture. */
#ifndef MEMPROF_RENDER_HISTORY_H
#define MEMPROF_RENDER_HISTORY_H

#include "drawing.h"
#include "history.h"

/* The runs, oldest first. */
void render_history_list(const struct history_runs *runs, FILE *to);
/* Each function's metric in each run, with what changed. */
void render_history_table(const struct history_table *table, enum metric metric,
                          FILE *to);
/* One function's metric over the runs: a level from each run to the next.
 * Returns false after error(). */
bool render_history_plot(const struct history_table *table,
                         const struct history_function *function,
                         enum metric metric, struct drawing *drawing);

#endif
