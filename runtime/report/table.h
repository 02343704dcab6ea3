/* table.h - one function's table in memory_profiler's layout. Between
 * render_text and columns; nobody else needs it. */
#ifndef MEMPROF_REPORT_TABLE_H
#define MEMPROF_REPORT_TABLE_H

#include "columns.h"
#include "sort.h"
#include "source.h"

#pragma GCC visibility push(hidden)

struct table_style {
  enum size_unit unit;
  unsigned precision;
  bool is_brief; /* only lines that have rows */
  struct picks picks;
};

/* Filename and function line, head, rows, two blank lines; once more for each
 * other file that has lines of the function. */
void table_print(const struct table_style *style,
                 const struct function_rows *function, const char *name,
                 struct source_cache *cache, struct sink *sink);

/* The row of all that happened outside marked functions. */
void table_print_outside(const struct table_style *style,
                         const struct row *outside, struct sink *sink);

/* A size in the report's unit. */
void table_size(const struct table_style *style, char *out, size_t capacity,
                uint64_t bytes);

#pragma GCC visibility pop
#endif
