/* views.c - the lists of --by: their making, order and columns. */
#define _GNU_SOURCE
#include "common/glob.h"
#include "tool.h"
#include "views_list.h"
#include <stdlib.h>
#include <string.h>

/* ---- A list under construction ---- */

bool list_reserve(struct list *list, size_t count) {
  size_t need = list->items->count + count;
  if (need <= list->capacity)
    return true;
  size_t capacity = need > list->capacity * 2 ? need : list->capacity * 2;
  struct item *items = scratch_alloc(list->scratch, capacity, sizeof *items);
  if (!items)
    return false;
  if (list->items->count)
    memcpy(items, list->items->items, list->items->count * sizeof *items);
  list->items->items = items;
  list->capacity = capacity;
  return true;
}

/* There is room for it. */
void list_add(struct list *list, const struct item *item) {
  if (list->view->only_changed && !row_is_changed(item->row))
    return;
  struct item *added = &list->items->items[list->items->count];
  *added = *item;
  added->place = list->items->count++;
}

bool view_wants(const struct view *view, const struct function_rows *rows) {
  return !view->function ||
         glob_list_match(view->function, rows->name, rows->signature);
}

const struct source_file *row_file(const struct function_rows *rows,
                                   const struct row *row) {
  return rows->file_count ? &rows->files[row->file] : NULL;
}

/* ---- Order ---- */

static int by_place(const void *a, const void *b) {
  const struct item *left = a, *right = b;
  return (left->place > right->place) - (left->place < right->place);
}

static int by_name(const void *a, const void *b) {
  const struct item *left = a, *right = b;
  int order = strcmp(left->function ? left->function : "",
                     right->function ? right->function : "");
  return order ? order : by_place(a, b);
}

#define DEFINE_LARGEST_FIRST(NAME, FIELD)                                      \
  static int by_##NAME(const void *a, const void *b) {                         \
    const struct item *left = a, *right = b;                                   \
    if (left->row->FIELD != right->row->FIELD)                                 \
      return left->row->FIELD < right->row->FIELD ? 1 : -1;                    \
    return by_place(a, b);                                                     \
  }
DEFINE_LARGEST_FIRST(calls, occurrences)
DEFINE_LARGEST_FIRST(allocs, allocs)
DEFINE_LARGEST_FIRST(bytes, bytes)
DEFINE_LARGEST_FIRST(peak, peak)
DEFINE_LARGEST_FIRST(kept, kept)

/* In the order of the option's values; the first: as it is. */
static int (*const orders[])(const void *, const void *) = {
    NULL, by_name, by_calls, by_allocs, by_bytes, by_peak, by_kept};

static void sort_items(struct items *items, unsigned order) {
  if (order >= sizeof orders / sizeof *orders || !orders[order])
    return;
  qsort(items->items, items->count, sizeof *items->items, orders[order]);
}

bool items_list(struct items *items, const struct view *view) {
  static bool (*const lists[VIEW_COUNT])(struct list *) = {
      [BY_function] = list_functions, [BY_line] = list_lines,
      [BY_thread] = list_functions,   [BY_test] = list_tests,
      [BY_process] = list_processes,  [BY_context] = list_contexts};
  *items = (struct items){0};
  struct list list = {
      .view = view, .scratch = view->subject->scratch, .items = items};
  if (!lists[view->by](&list))
    return error("out of memory for the list of '%s'", view->subject->name);
  if (!view->is_tree)
    sort_items(items, view->style.sort);
  if (view->style.top && view->style.top < items->count) {
    items->left_out = items->count - view->style.top;
    items->count = view->style.top;
  }
  return true;
}

/* ---- Columns ---- */

static void add_columns(struct picks *picks, const char *list,
                        bool has_mappings) {
  struct picks more;
  char what[512];
  columns_parse(list, has_mappings, &more, what, sizeof what);
  for (size_t i = 0; i < more.count; i++) {
    size_t at = 0;
    while (at < picks->count && picks->ids[at] != more.ids[i])
      at++;
    if (at == picks->count)
      picks->ids[picks->count++] = more.ids[i];
  }
}

void items_columns(struct picks *picks, const struct view *view,
                   const char *standard) {
  const char *named = view->style.columns;
  bool is_named = named && strcmp(named, "standard") != 0;
  picks->count = 0;
  add_columns(picks, is_named ? named : standard, view->report->has_mappings);
  if (!is_named && view->report->has_mappings)
    add_columns(picks, "mapped,unmapped,maps,unmaps", true);
  if (view->has_own)
    add_columns(picks, COLUMNS_WITHOUT_CALLEES, false);
}

const char *items_heading(const struct view *view, enum column_id id) {
  return id == COLUMN_occurrences && view->by != BY_line ? "Calls"
                                                         : columns[id].heading;
}

const char *items_group(const struct view *view) {
  static const char *const keys[VIEW_COUNT] = {[BY_thread] = "thread",
                                               [BY_test] = "test",
                                               [BY_process] = "process",
                                               [BY_context] = "callers"};
  return keys[view->by];
}

bool view_is_plain(const struct view *view, const char *format) {
  if (view->by == BY_function && !view->is_tree)
    return true;
  return error(
      "report: --format %s does not go with --by, --threads and --tree",
      format);
}
