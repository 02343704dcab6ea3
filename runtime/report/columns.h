/* columns.h - which columns a table has: the value of the option `columns`. */
#ifndef MEMPROF_REPORT_COLUMNS_H
#define MEMPROF_REPORT_COLUMNS_H

#include "report.h"

#pragma GCC visibility push(hidden)

#define MEMPROF_ENUM_COLUMN(ID, HEADING, TYPE, SHOWN) COLUMN_##ID,
enum column_id { MEMPROF_COLUMNS(MEMPROF_ENUM_COLUMN) COLUMN_COUNT };
#undef MEMPROF_ENUM_COLUMN

/* When a column is shown: only when it is named, beside the following ones when
 * mappings were tracked, with columns=all too, or also when `columns` is unset.
 */
enum shown { SHOWN_NAMED, SHOWN_TRACKED, SHOWN_ALL, SHOWN_STANDARD };

struct column {
  const char *id, *heading;
  bool is_size; /* printed in the report's unit; else a count */
  enum shown shown;
};

extern const struct column columns[COLUMN_COUNT];

struct picks {
  enum column_id ids[COLUMN_COUNT]; /* in the order they were asked for */
  size_t count;
};

/* Reads "standard", "all", column names, or several of these with ',' between.
 * has_mappings: the first two have the tracked ones among them. Returns false with a message in `error`, and leaves *picks the standard ones.
 */
bool columns_parse(const char *text, bool has_mappings, struct picks *picks,
                   char *error, size_t capacity);

/* What a column shows of a row. */
int64_t column_value(enum column_id id, const struct row *row);

#pragma GCC visibility pop
#endif
