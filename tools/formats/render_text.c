/* render_text.c - the tables, printed by the code that prints them at the end
 * of a run; a list of another view. */
#include "render.h"
#include "render_list.h"
#include <stdio.h>

bool render_text_format(const struct view *view, struct outfile *out) {
  static struct sink sink;
  char with_own[512];
  struct report_style style = view->style;
  outfile_sink(out, &sink);
  if (view->has_own) {
    snprintf(with_own, sizeof with_own, "%s," COLUMNS_WITHOUT_CALLEES,
             style.columns);
    style.columns = with_own;
  }
  if (view->by != BY_function || view->is_tree) {
    if (!render_list(view, &sink))
      return false;
  } else {
    render_text(view->report, &style, view->subject->scratch, &sink);
  }
  return outfile_sink_end(out, &sink);
}
