/* render_views.h - what `memprof report` shows instead of the tables. */
#ifndef MEMPROF_RENDER_VIEWS_H
#define MEMPROF_RENDER_VIEWS_H

#include "report/report.h"

/* Of each function that allocated: how many blocks of which size. */
void render_sizes(const struct report *report, struct sink *sink);
/* The lines whose blocks were live at the process's peak, largest first. */
void render_peak(const struct report *report, const struct report_style *style,
                 struct scratch *scratch, struct sink *sink);
/* What is known of the process, or of the parts of a merged profile. */
void render_meta(const struct profile *profile, struct sink *sink);

/* "2026-11-22T12:00:00Z", or "unknown" for 0. */
void time_text(char *out, size_t capacity, uint64_t ns);

#endif
