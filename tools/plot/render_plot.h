/* render_plot.h - pictures of a plot, and of calling contexts. */
#ifndef MEMPROF_RENDER_PLOT_H
#define MEMPROF_RENDER_PLOT_H

#include "drawing.h"
#include "plot.h"
#include "subject.h"

/* What the title says when nobody asked for one. NULL when memory runs out. */
const char *plot_title(const struct plot *plot);

/* Draws into an empty drawing, whose size, title and scratch are set. */
void render_plot(const struct plot *plot, struct drawing *drawing);

/* Which bytes make a context wide. */
enum flame_measure { FLAME_BYTES, FLAME_AT_PEAK };
/* The contexts as an icicle: callers above what they call, each as wide as its
 * bytes, callees included. Sets the height. Returns false when there is
 * nothing to draw. */
bool render_flame(const struct subject *subject, enum flame_measure measure,
                  const char *function, struct drawing *drawing);

/* ---- On a terminal ---- */

struct terminal {
  unsigned columns, rows;
  bool is_utf8, has_colour;
};
/* Writes at most columns x rows characters. Returns false after error(). */
bool render_plot_terminal(const struct plot *plot,
                          const struct terminal *terminal, const char *title,
                          FILE *file);

#endif
