/* render_markdown.c - the list and the limits as tables of GitHub's markdown:
 * for a job's summary, or a comment. */
#include "common/sizes.h"
#include "render.h"
#include "texts.h"
#include "tool.h"
#include "verdicts.h"
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

struct markdown {
  const struct view *view;
  FILE *file;
  struct picks picks;
  struct texts texts;
};

/* A name as code, in which nothing is markup. What would end it, or the cell,
 * is written as the numbers of its letters. */
static void put_code(struct markdown *markdown, const char *text) {
  FILE *file = markdown->file;
  text = texts_clean(&markdown->texts, text, strlen(text));
  size_t length = strlen(text);
  if (length && !strpbrk(text, "`|\\\t") && text[0] != ' ' &&
      text[length - 1] != ' ') {
    fprintf(file, "`%s`", text);
    return;
  }
  fputs("<code>", file);
  for (; *text; text++)
    if (isalnum((unsigned char)*text) || (unsigned char)*text >= 0x80)
      putc(*text, file);
    else
      fprintf(file, "&#%d;", *text);
  fputs("</code>", file);
}

static void begin_cell(struct markdown *markdown) {
  fputs(" | ", markdown->file);
}

static void put_place(struct markdown *markdown, const struct item *item) {
  char name[4096];
  if (!item->file)
    return;
  snprintf(name, sizeof name, "%s:%u", item->file->name, item->line);
  put_code(markdown, name);
}

static void put_value(struct markdown *markdown, enum column_id id,
                      const struct row *row) {
  char text[64];
  const struct report_style *style = &markdown->view->style;
  int64_t value = column_value(id, row);
  if (columns[id].is_size)
    size_format(text, sizeof text, value, style->unit, style->precision);
  else
    snprintf(text, sizeof text, "%" PRIu64, (uint64_t)value);
  fputs(text, markdown->file);
}

/* ---- The list ---- */

static void print_header(struct markdown *markdown) {
  static const char *const groups[VIEW_COUNT] = {[BY_thread] = "Thread",
                                                 [BY_test] = "Test",
                                                 [BY_process] = "Process",
                                                 [BY_context] = "Callers"};
  const char *group = groups[markdown->view->by];
  FILE *file = markdown->file;
  if (group)
    fprintf(file, "| %s ", group);
  fputs("| Function | Place |", file);
  for (size_t i = 0; i < markdown->picks.count; i++)
    fprintf(file, " %s |",
            items_heading(markdown->view, markdown->picks.ids[i]));
  fprintf(file, "\n%s|---|---|", group ? "|---" : "");
  for (size_t i = 0; i < markdown->picks.count; i++)
    fputs("--:|", file);
  fputs("\n", file);
}

static void print_item(struct markdown *markdown, const struct item *item) {
  FILE *file = markdown->file;
  fputs("| ", file);
  if (items_group(markdown->view)) {
    if (item->group)
      put_code(markdown, item->group);
    begin_cell(markdown);
  }
  if (item->function)
    put_code(markdown, item->function);
  else
    fputs("(all of it)", file);
  begin_cell(markdown);
  put_place(markdown, item);
  for (size_t i = 0; i < markdown->picks.count; i++) {
    begin_cell(markdown);
    put_value(markdown, markdown->picks.ids[i], item->row);
  }
  fputs(" |\n", file);
}

static void print_list(struct markdown *markdown, const struct items *items) {
  if (!items->count) {
    fputs("Nothing was measured.\n", markdown->file);
    return;
  }
  print_header(markdown);
  for (size_t i = 0; i < items->count; i++)
    print_item(markdown, &items->items[i]);
  if (items->left_out)
    fprintf(markdown->file, "\nand %zu more, not shown\n", items->left_out);
}

/* ---- The limits ---- */

static void print_verdict(struct markdown *markdown,
                          const struct verdict *verdict) {
  static const char *const signs[VERDICT_COUNT] = {
      [VERDICT_HELD] = ":white_check_mark: held",
      [VERDICT_BROKEN] = ":x: **broken**",
      [VERDICT_UNCHECKED] = ":grey_question: unchecked"};
  FILE *file = markdown->file;
  char allowed[96];
  verdict_limit_text(verdict, allowed, sizeof allowed);
  fprintf(file, "| %s", signs[verdict->state]);
  begin_cell(markdown);
  if (verdict->rows)
    put_code(markdown, verdict->rows->signature);
  else
    fputs("the process", file);
  begin_cell(markdown);
  fprintf(file, "`%s`", allowed);
  begin_cell(markdown);
  if (verdict->state != VERDICT_UNCHECKED)
    fprintf(file, "%" PRIu64, verdict->limit->worst);
  begin_cell(markdown);
  if (verdict->limit->worst_call)
    fprintf(file, "%" PRIu64, verdict->limit->worst_call);
  begin_cell(markdown);
  if (verdict->where)
    put_code(markdown, verdict->where);
  fputs(" |\n", file);
}

static void print_limits(struct markdown *markdown,
                         const struct verdicts *verdicts) {
  if (!verdicts->count)
    return;
  fputs("\n### Limits\n\n| | Function | Allowed | Worst | In call | Set in |\n"
        "|---|---|---|--:|--:|---|\n",
        markdown->file);
  for (size_t i = 0; i < verdicts->count; i++)
    print_verdict(markdown, &verdicts->list[i]);
}

bool render_markdown_format(const struct view *view, struct outfile *out) {
  struct items items;
  struct verdicts verdicts;
  struct markdown markdown = {.view = view, .file = out->file};
  char peak[64];
  if (view->is_tree)
    return error("report: --tree is text; --by context lists the same");
  if (!items_list(&items, view) || !verdicts_list(&verdicts, view))
    return false;
  items_columns(&markdown.picks, view, COLUMNS_OF_PEOPLE);
  size_format(peak, sizeof peak, (int64_t)view->report->header->peak,
              view->style.unit, view->style.precision);
  fprintf(out->file, "### Memory profile\n\nProcess peak: %s\n\n", peak);
  print_list(&markdown, &items);
  print_limits(&markdown, &verdicts);
  texts_release(&markdown.texts);
  return true;
}
