/* doc_limits.c - of a report in JSON: limits and tests. */
#define _GNU_SOURCE
#include "doc.h"
#include "verdicts.h"

static void print_limit(struct doc *doc, const struct verdict *verdict) {
  const struct memprof_limit *limit = verdict->limit;
  const struct function_rows *rows = verdict->rows;
  json_t *one = json_object();
  doc_set(doc, one, "function", doc_text(doc, rows ? rows->signature : NULL));
  doc_set_place(doc, one,
                rows && rows->file_count ? &rows->files[rows->rows[0].file]
                                         : NULL,
                rows ? rows->rows[0].line : 0);
  doc_set(doc, one, "metric", json_string(verdict->metric));
  doc_set(doc, one, "floor", doc_number(limit->floor));
  doc_set(doc, one, "ceiling",
          limit->ceiling == UINT64_MAX ? json_null()
                                       : doc_number(limit->ceiling));
  doc_set(doc, one, "origin", doc_text(doc, verdict->origin));
  doc_set(doc, one, "where", doc_text(doc, verdict->where));
  doc_set(doc, one, "verdict", json_string(verdict_words[verdict->state]));
  doc_set(doc, one, "checks", doc_number(limit->checks));
  doc_set(doc, one, "violations", doc_number(limit->violations));
  doc_set(doc, one, "worst",
          verdict->state == VERDICT_UNCHECKED ? json_null()
                                              : doc_number(limit->worst));
  doc_set(doc, one, "worst_call",
          limit->worst_call ? doc_number(limit->worst_call) : json_null());
  doc_set(doc, one, "test", doc_text(doc, verdict->test));
  doc_add(doc, one);
}

bool doc_print_limits(struct doc *doc) {
  struct verdicts verdicts;
  if (!verdicts_list(&verdicts, doc->view))
    return false;
  doc_begin_list(doc, "limits");
  for (size_t i = 0; i < verdicts.count; i++)
    print_limit(doc, &verdicts.list[i]);
  doc_end_list(doc);
  return true;
}

static json_t *function_in_test(struct doc *doc, const struct item *item) {
  json_t *function = json_object();
  doc_set(doc, function, "function", doc_text(doc, item->function));
  doc_set_place(doc, function, item->file, item->line);
  doc_set_row(doc, function, &doc->picks, false, item->row);
  return function;
}

/* A test, then the functions that ran in it. */
static size_t print_test(struct doc *doc, const struct items *items,
                         size_t from) {
  const struct item *item = &items->items[from];
  json_t *test = json_object(), *functions = json_array();
  size_t end = from;
  doc_set(doc, test, "name", doc_text(doc, item->group));
  if (!item->function) { /* with --function, the test itself may be left out */
    doc_set_row(doc, test, &doc->picks, false, item->row);
    end++;
  }
  for (; end < items->count && items->items[end].group == item->group; end++)
    doc_append(doc, functions, function_in_test(doc, &items->items[end]));
  doc_set(doc, test, "functions", functions);
  doc_add(doc, test);
  return end;
}

bool doc_print_tests(struct doc *doc) {
  struct items items;
  struct view view = *doc->view;
  view.by = BY_test;
  view.style.sort = view.style.top = 0;
  if (!items_list(&items, &view))
    return false;
  doc_begin_list(doc, "tests");
  for (size_t i = 0; i < items.count && items.items[i].group;)
    i = print_test(doc, &items, i);
  doc_end_list(doc);
  return true;
}
