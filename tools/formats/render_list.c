/* render_list.c - a view as text.
 *
 *          Calls       Allocs        Bytes         Peak         Kept   Function
 *     =========================================================================
 *              3            6    0.003 MiB    0.001 MiB    0.000 MiB   f (f.c:1)
 */
#include "render_list.h"
#include "common/sizes.h"
#include "report/source.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CELL = 64, WIDTH = 12 };

struct list {
  const struct view *view;
  struct picks picks;
  int widths[COLUMN_COUNT]; /* by place among the picks */
  struct source_cache sources;
  struct sink *sink;
};

static void cell_text(const struct list *list, enum column_id id,
                      const struct row *row, char *out) {
  int64_t value = column_value(id, row);
  if (columns[id].is_size)
    size_format(out, CELL, value, list->view->style.unit,
                list->view->style.precision);
  else
    snprintf(out, CELL, "%" PRIu64, (uint64_t)value);
}

static void measure(struct list *list, const struct items *items) {
  char cell[CELL];
  for (size_t i = 0; i < list->picks.count; i++) {
    enum column_id id = list->picks.ids[i];
    int widest = (int)strlen(items_heading(list->view, id));
    if (widest < WIDTH)
      widest = WIDTH;
    for (size_t n = 0; n < items->count; n++) {
      cell_text(list, id, items->items[n].row, cell);
      int width = (int)strlen(cell);
      if (width > widest)
        widest = width;
    }
    list->widths[i] = widest;
  }
}

static void print_heading(const struct list *list) {
  static const char *const labels[VIEW_COUNT] = {
      [BY_function] = "Function",         [BY_line] = "Line",
      [BY_thread] = "Thread: function",   [BY_test] = "Test: function",
      [BY_process] = "Process: function", [BY_context] = "Callers: function"};
  const char *label = list->view->is_tree ? "Function, below its caller"
                                          : labels[list->view->by];
  size_t length = 2 + strlen(label);
  for (size_t i = 0; i < list->picks.count; i++) {
    sink_printf(list->sink, "%s%*s", i ? " " : "", list->widths[i],
                items_heading(list->view, list->picks.ids[i]));
    length += (size_t)list->widths[i] + 1;
  }
  sink_printf(list->sink, "   %s\n", label);
  sink_repeat(list->sink, '=', length);
  sink_text(list->sink, "\n");
}

static void print_place(const struct list *list, const struct item *item) {
  sink_name(list->sink, item->file->name);
  sink_printf(list->sink, ":%u", item->line);
}

/* "f.c:2 in f: text of the line" */
static void print_line(struct list *list, const struct item *item) {
  size_t length = 0;
  if (!item->file) { /* without -g, or a test */
    sink_name(list->sink, item->function);
    return;
  }
  print_place(list, item);
  sink_text(list->sink, " in ");
  sink_name(list->sink, item->function);
  const char *text =
      source_line(source_find(&list->sources, item->file), item->line, &length);
  if (!text)
    return;
  while (length && (*text == ' ' || *text == '\t')) {
    text++;
    length--;
  }
  sink_text(list->sink, ": ");
  sink_printable(list->sink, text, length);
}

static void print_call(const struct list *list, const struct item *item) {
  for (unsigned i = 0; i < item->depth; i++)
    sink_text(list->sink, "  ");
  if (item->call_line)
    sink_printf(list->sink, "line %u: ", item->call_line);
}

static void print_label(struct list *list, const struct item *item) {
  if (list->view->by == BY_line) {
    print_line(list, item);
    return;
  }
  if (list->view->is_tree) {
    print_call(list, item);
  } else if (item->group || list->view->by == BY_test) {
    sink_name(list->sink, item->group ? item->group : "(no test)");
    sink_text(list->sink, list->view->by == BY_context ? " > " : ": ");
  }
  sink_name(list->sink, item->function ? item->function : "(all of it)");
  if (!item->file)
    return;
  sink_text(list->sink, " (");
  print_place(list, item);
  sink_text(list->sink, ")");
}

static void print_item(struct list *list, const struct item *item) {
  char cell[CELL];
  for (size_t i = 0; i < list->picks.count; i++) {
    cell_text(list, list->picks.ids[i], item->row, cell);
    sink_printf(list->sink, "%s%*s", i ? " " : "", list->widths[i], cell);
  }
  sink_text(list->sink, "   ");
  print_label(list, item);
  sink_text(list->sink, "\n");
}

bool render_list(const struct view *view, struct sink *sink) {
  struct items items;
  struct list list = {.view = view,
                      .sources = {.scratch = view->subject->scratch,
                                  .root = view->style.source_root},
                      .sink = sink};
  if (!items_list(&items, view))
    return false;
  items_columns(&list.picks, view,
                view->is_tree ? "occurrences,allocs,own_allocs,bytes,own_bytes,"
                                "peak,kept,own_kept"
                              : COLUMNS_OF_PEOPLE);
  measure(&list, &items);
  print_heading(&list);
  for (size_t i = 0; i < items.count; i++)
    print_item(&list, &items.items[i]);
  if (items.left_out)
    sink_printf(sink, "and %zu more, not shown: top=%u\n", items.left_out,
                view->style.top);
  return true;
}
