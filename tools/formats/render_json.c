/* render_json.c - all there is, or a view of it, for programs. */
#define _GNU_SOURCE
#include "doc.h"
#include "render.h"
#include "tool.h"

/* ---- Another view ---- */

static void print_item(struct doc *doc, const struct item *item) {
  bool is_line = doc->view->by == BY_line;
  json_t *one = json_object();
  if (items_group(doc->view))
    doc_set(doc, one, items_group(doc->view), doc_text(doc, item->group));
  doc_set(doc, one, "function", doc_text(doc, item->function));
  doc_set_place(doc, one, item->file, item->line);
  doc_set_row(doc, one, is_line ? &doc->picks_of_row : &doc->picks, is_line,
              item->row);
  if (is_line)
    doc_set(doc, one, "source", doc_source(doc, item->file, item->line));
  doc_add(doc, one);
}

static void print_view(struct doc *doc, const struct items *items) {
  static const char *const words[VIEW_COUNT] = {
#define WORD(BY, ITEM) #BY,
      VIEWS(WORD)
#undef WORD
  };
  doc_put_text(doc, ",\n\"by\":\"");
  doc_put_text(doc, words[doc->view->by]);
  doc_put_text(doc, "\"");
  doc_begin_list(doc, "items");
  for (size_t i = 0; i < items->count && !doc->is_broken; i++)
    print_item(doc, &items->items[i]);
  doc_end_list(doc);
}

/* ---- All of it ---- */

static bool print_whole(struct doc *doc, const struct items *items) {
  doc_print_functions(doc, items);
  if (!doc_print_contexts(doc))
    return false;
  doc_print_series(doc);
  return doc_print_limits(doc) && doc_print_tests(doc);
}

static bool print_document(struct doc *doc) {
  struct items items;
  struct view view = *doc->view;
  view.with_idle = true;
  if (!items_list(&items, &view))
    return false;
  doc_print_meta(doc);
  if (view.by == BY_function) {
    if (!print_whole(doc, &items))
      return false;
  } else {
    print_view(doc, &items);
    if (!doc_print_limits(doc))
      return false;
  }
  doc_put_text(doc, "}\n");
  doc_flush(doc);
  return !doc->is_broken || error("out of memory for the report");
}

bool render_json_format(const struct view *view, struct outfile *out) {
  static struct doc doc;
  doc = (struct doc){.view = view,
                     .file = out->file,
                     .sources = {.scratch = view->subject->scratch,
                                 .root = view->style.source_root}};
  if (view->is_tree)
    return error("report: --tree is text: --format json alone has the "
                 "contexts, too");
  items_columns(&doc.picks, view, COLUMNS_OF_DATA);
  items_columns(&doc.picks_of_row, view, COLUMNS_OF_LINES);
  for (size_t i = 0; i < doc.picks_of_row.count; i++)
    snprintf(doc.keys[i], sizeof doc.keys[i],
             ",\"%s\":", doc_key(doc.picks_of_row.ids[i], true));
  bool is_printed = print_document(&doc);
  texts_release(&doc.texts);
  return is_printed;
}
