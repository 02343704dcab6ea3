/* render_csv.c - the list as RFC 4180 describes it: a header, then one record
 * for each item, ended by CR LF. */
#include "render.h"
#include "report/source.h"
#include "texts.h"
#include "tool.h"
#include <inttypes.h>
#include <string.h>

struct csv {
  const struct view *view;
  FILE *file;
  struct picks picks;
  struct texts texts;
  struct source_cache sources;
  bool is_first; /* field of the record */
};

/* Quoted where it has to be. */
static void put_field(struct csv *csv, const char *text) {
  if (!csv->is_first)
    putc(',', csv->file);
  csv->is_first = false;
  if (!strpbrk(text, ",\"\r\n")) {
    fputs(text, csv->file);
    return;
  }
  putc('"', csv->file);
  for (; *text; text++) {
    if (*text == '"')
      putc('"', csv->file);
    putc(*text, csv->file);
  }
  putc('"', csv->file);
}

/* Empty for NULL. */
static void put_text(struct csv *csv, const char *text, size_t length) {
  put_field(csv, text ? texts_clean(&csv->texts, text, length) : "");
}

static void put_name(struct csv *csv, const char *text) {
  put_text(csv, text, text ? strlen(text) : 0);
}

static void put_number(struct csv *csv, int64_t value) {
  char text[32];
  snprintf(text, sizeof text, "%" PRId64, value);
  put_field(csv, text);
}

static void end_record(struct csv *csv) {
  fputs("\r\n", csv->file);
  csv->is_first = true;
}

static void print_header(struct csv *csv) {
  const char *group = items_group(csv->view);
  bool is_by_line = csv->view->by == BY_line;
  if (group)
    put_field(csv, group);
  put_field(csv, "function");
  put_field(csv, "file");
  put_field(csv, "line");
  for (size_t i = 0; i < csv->picks.count; i++) {
    enum column_id id = csv->picks.ids[i];
    put_field(csv, id == COLUMN_occurrences && !is_by_line ? "calls"
                                                           : columns[id].id);
  }
  if (is_by_line)
    put_field(csv, "source");
  end_record(csv);
}

static void put_source(struct csv *csv, const struct item *item) {
  size_t length = 0;
  const char *text = NULL;
  if (item->file)
    text = source_line(source_find(&csv->sources, item->file), item->line,
                       &length);
  put_text(csv, text, length);
}

static void print_item(struct csv *csv, const struct item *item) {
  if (items_group(csv->view))
    put_name(csv, item->group);
  put_name(csv, item->function);
  put_name(csv, item->file ? item->file->name : NULL);
  if (item->file)
    put_number(csv, item->line);
  else
    put_field(csv, "");
  for (size_t i = 0; i < csv->picks.count; i++)
    put_number(csv, column_value(csv->picks.ids[i], item->row));
  if (csv->view->by == BY_line)
    put_source(csv, item);
  end_record(csv);
}

bool render_csv_format(const struct view *view, struct outfile *out) {
  struct items items;
  struct csv csv = {.view = view,
                    .file = out->file,
                    .is_first = true,
                    .sources = {.scratch = view->subject->scratch,
                                .root = view->style.source_root}};
  if (view->is_tree)
    return error("report: --tree is text; --by context lists the same");
  if (!items_list(&items, view))
    return false;
  items_columns(&csv.picks, view,
                view->by == BY_line ? COLUMNS_OF_LINES : COLUMNS_OF_DATA);
  print_header(&csv);
  for (size_t i = 0; i < items.count; i++)
    print_item(&csv, &items.items[i]);
  texts_release(&csv.texts);
  return true;
}
