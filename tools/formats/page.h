/* page.h - the data of a report's HTML page: one JSON text inside it.
 *
 * Names of fields are those of `--format json` and of the columns. What there
 * are many of (rows, contexts, samples, spans) are arrays of numbers, in the
 * order that page_*.c name beside them: a page of 500,000 lines must open. Those
 * of rows and contexts are written one number at a time; all else is a value of
 * jansson's.
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
  char *buffer;         /* [buffer_size] of a value's text */
  size_t buffer_size;
  struct texts texts;
  struct source_cache sources;
};

/* Writes `before` and then the value, so that nothing in it can end the script
 * element. Takes the value; NULL: memory ran out. Returns false after error().
 */
bool page_put(struct page *page, const char *before, json_t *value);
/* The same of an object without its closing brace: more members follow. */
bool page_put_open(struct page *page, const char *before, json_t *object);
void page_put_text(struct page *page, const char *text);
void page_put_number(struct page *page, char before, int64_t value);
/* What JSON's integers cannot hold is their largest, as of page_number(). */
void page_put_counter(struct page *page, char before, uint64_t value);

/* A text that others wrote, cleaned; null for NULL. */
json_t *page_text(struct page *page, const char *text);
json_t *page_text_of(struct page *page, const char *text, size_t length);
/* A counter; what JSON's integers cannot hold is their largest. */
json_t *page_number(uint64_t value);

/* The values of the page's fields. NULL when memory runs out. */
json_t *page_meta(struct page *page, const struct items *items);
json_t *page_columns(const struct page *page);
json_t *page_series(struct page *page);
json_t *page_spans(struct page *page);
json_t *page_tests(struct page *page, const struct items *tests);
json_t *page_limits(struct page *page, const struct verdicts *verdicts);

/* The same, written. Return false after error(). */
bool page_put_function(struct page *page, const char *before,
                       const struct function_rows *function);
bool page_put_contexts(struct page *page, const char *before);

#endif
