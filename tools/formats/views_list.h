/* views_list.h - a view's list while it is made. Between views and views_*.c;
 * nobody else needs it. */
#ifndef MEMPROF_VIEWS_LIST_H
#define MEMPROF_VIEWS_LIST_H

#include "views.h"

struct list {
  const struct view *view;
  struct scratch *scratch;
  struct items *items;
  size_t capacity;
};

/* Room for `count` more. Returns false when memory runs out. */
bool list_reserve(struct list *list, size_t count);
/* Unless the view leaves it out. There is room for it. */
void list_add(struct list *list, const struct item *item);

/* The file of a row; NULL: unknown. */
const struct source_file *row_file(const struct function_rows *rows,
                                   const struct row *row);

/* One for each view. Return false when memory runs out, or after error(). */
bool list_functions(struct list *list);
bool list_lines(struct list *list);
bool list_processes(struct list *list);
bool list_tests(struct list *list);
bool list_contexts(struct list *list);

#endif
