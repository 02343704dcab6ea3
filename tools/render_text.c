/* render_text.c - the tables, printed by the code that prints them at the end
 * of a run. */
#include "render.h"

bool render_text_format(const struct view *view, struct outfile *out) {
  static struct sink sink;
  outfile_sink(out, &sink);
  render_text(view->report, &view->style, view->subject->scratch, &sink);
  return outfile_sink_end(out, &sink);
}
