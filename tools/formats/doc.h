/* doc.h - a report in JSON on its way out: docs/report.schema.json describes it.
 * Between render_json and doc_*.c; nobody else needs it.
 *
 * It is written piece by piece, so that there is never more than one function
 * of it in memory. jansson writes all but what there is by the hundred
 * thousand, rows and contexts: of these it writes the texts, and the numbers go
 * straight into the buffer, which takes a third of the time. Keys stand in the
 * order in which they are set.
 */
#ifndef MEMPROF_TOOL_DOC_H
#define MEMPROF_TOOL_DOC_H

#include "report/source.h"
#include "texts.h"
#include "views.h"
#include <jansson.h>
#include <stdio.h>

struct doc {
  const struct view *view;
  FILE *file;
  bool is_broken; /* memory ran out */
  bool is_first;  /* of a list */
  struct texts texts;
  struct source_cache sources;
  struct picks picks;          /* of functions, items, contexts */
  struct picks picks_of_row;   /* and where memory stood after it */
  char keys[COLUMN_COUNT][32]; /* of a line: `,"allocs":` */
  size_t used;                 /* bytes of the buffer */
  char buffer[64 * 1024];
};

/* ---- Values; each is new, NULL when memory runs out ---- */

json_t *doc_number(uint64_t value);
/* null for NULL. */
json_t *doc_text(struct doc *doc, const char *text);
/* The source text of a line; null when there is none. */
json_t *doc_source(struct doc *doc, const struct source_file *file,
                   unsigned line);
/* "2026-11-22T12:00:00Z"; null for 0. */
json_t *doc_instant(uint64_t ns);

/* What goes wrong here is noted in is_broken. The value is taken over. */
void doc_set(struct doc *doc, json_t *object, const char *key, json_t *value);
void doc_append(struct doc *doc, json_t *array, json_t *value);
void doc_set_place(struct doc *doc, json_t *object,
                   const struct source_file *file, unsigned line);
void doc_set_row(struct doc *doc, json_t *object, const struct picks *picks,
                 bool is_line, const struct row *row);
/* A function's calls stand where a line has its arrivals. */
const char *doc_key(enum column_id id, bool is_line);

/* ---- Output ---- */

void doc_put_text(struct doc *doc, const char *text);
void doc_put_number(struct doc *doc, int64_t value);
/* The value is taken over. */
void doc_put_new(struct doc *doc, json_t *value);
void doc_flush(struct doc *doc);

/* A member of the document that is a list; each element on a line of its own.
 */
void doc_begin_list(struct doc *doc, const char *key);
void doc_begin_element(struct doc *doc);
void doc_end_list(struct doc *doc);
/* A whole element; the value is taken over. */
void doc_add(struct doc *doc, json_t *value);

/* ---- Members of the document; false after error() ---- */

void doc_print_meta(struct doc *doc);
void doc_print_functions(struct doc *doc, const struct items *items);
bool doc_print_contexts(struct doc *doc);
void doc_print_series(struct doc *doc);
bool doc_print_limits(struct doc *doc);
bool doc_print_tests(struct doc *doc);

#endif
