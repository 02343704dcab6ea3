/* page.h - the data of a report's HTML page: one JSON text inside it.
 *
 * Names of fields are those of `--format json` and of the columns. What there
 * are many of (rows, contexts, samples, spans) are arrays of numbers, in the
 * order that page_*.c name beside them: a page of 500,000 lines must open.
 */
#ifndef MEMPROF_PAGE_H
#define MEMPROF_PAGE_H

#include "render.h"
#include "report/source.h"
#include "texts.h"
#include "verdicts.h"
#include <jansson.h>

/* A page that is being written. */
struct page {
  const struct view *view;
  FILE *file;
  struct picks columns; /* those of a row */
  json_t **rows;        /* [row_count] arrays, filled anew for each function */
  size_t row_count;
  bool is_out_of_memory;
  char *buffer; /* [buffer_size] of a value's text */
  size_t buffer_size;
  struct texts texts;
  struct source_cache sources;
};

/* Writes `before` and then the value, so that nothing in it can end the script
 * element. Takes the value; NULL: memory ran out. Returns false after error().
 */
bool page_put(struct page *page, const char *before, json_t *value);

/* A text that others wrote, cleaned; null for NULL. */
json_t *page_text(struct page *page, const char *text);
json_t *page_text_of(struct page *page, const char *text, size_t length);
/* A counter; what JSON's integers cannot hold is their largest. */
json_t *page_number(uint64_t value);

/* The values of the page's fields. NULL when memory runs out. */
json_t *page_meta(struct page *page, const struct items *items);
json_t *page_columns(const struct page *page);
/* Frees what page_function() keeps for the next one. */
void page_rows_release(struct page *page);
json_t *page_function(struct page *page, const struct function_rows *function);
json_t *page_contexts(struct page *page);
json_t *page_series(struct page *page);
json_t *page_spans(struct page *page);
json_t *page_tests(struct page *page, const struct items *tests);
json_t *page_limits(struct page *page, const struct verdicts *verdicts);

#endif
