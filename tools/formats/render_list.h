/* render_list.h - a view as text: a list, or a tree of contexts. */
#ifndef MEMPROF_RENDER_LIST_H
#define MEMPROF_RENDER_LIST_H

#include "views.h"

/* Returns false after error(). */
bool render_list(const struct view *view, struct sink *sink);

#endif
