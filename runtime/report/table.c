/* table.c - prints one function's rows beside its source.
 *
 * The layout is memory_profiler's template, '{0:>6} {1:>12} {2:>12}  {3:>10}
 * {4:<}' with three blanks before the last, and its one quirk: the heading
 * Occurrences is a character wider than its column. A column grows when a cell
 * needs it.
 */
#include "table.h"
#include <stdio.h>
#include <string.h>

enum {
  CELL = 64,        /* bytes of a cell's text; the widest has 31 */
  CUT = 1000,       /* bytes of a source line that are printed */
  ELIDED = 20,      /* lines without rows that other files' tables pass over */
  SIZE_WIDTH = 12,  /* memory_profiler's */
  COUNT_WIDTH = 10, /* memory_profiler's */
  NUMBER_WIDTH = 6, /* memory_profiler's */
};

/* One table: rows of one function in one file, ascending by line. */
struct table {
  const struct table_style *style;
  struct sink *sink;
  const struct source *source; /* NULL when there is no file */
  const struct row **rows;
  size_t row_count;
  size_t widths[COLUMN_COUNT]; /* by place among the picks */
  size_t number_width;
};

/* ---- Cells ---- */

static bool is_executed(const struct row *row) {
  return row->occurrences || row->has_event || row->allocs || row->frees ||
         row->maps || row->unmaps;
}

static size_t cell_text(const struct table_style *style, enum column_id id,
                        const struct row *row, char *out) {
  int64_t value = column_value(id, row);
  if (columns[id].is_size)
    return size_format(out, CELL, value, style->unit, style->precision);
  if (id == COLUMN_occurrences && value == 0) { /* nothing counts arrivals */
    out[0] = 0;
    return 0;
  }
  return (size_t)snprintf(out, CELL, "%llu", (unsigned long long)value);
}

void table_size(const struct table_style *style, char *out, size_t capacity,
                uint64_t bytes) {
  size_format(out, capacity, bytes > INT64_MAX ? INT64_MAX : (int64_t)bytes,
              style->unit, style->precision);
}

static void measure(struct table *table, size_t last_line) {
  const struct picks *picks = &table->style->picks;
  char cell[CELL];
  for (size_t i = 0; i < picks->count; i++) {
    const struct column *column = &columns[picks->ids[i]];
    size_t width = column->is_size ? SIZE_WIDTH : COUNT_WIDTH;
    if (width < strlen(column->heading) && i + 1 < picks->count)
      width = strlen(column->heading); /* the columns behind it must line up */
    for (size_t r = 0; r < table->row_count; r++) {
      if (!is_executed(table->rows[r]))
        continue;
      size_t length =
          cell_text(table->style, picks->ids[i], table->rows[r], cell);
      if (width < length)
        width = length;
    }
    table->widths[i] = width;
  }
  size_t digits = (size_t)snprintf(cell, sizeof cell, "%zu", last_line);
  table->number_width = digits < NUMBER_WIDTH ? NUMBER_WIDTH : digits;
}

/* ---- Lines of the table ---- */

/* A line under construction. Blanks at its end are never written. */
struct printed {
  struct sink *sink;
  size_t blanks, length;
};

static void put(struct printed *line, const char *text, size_t length) {
  sink_repeat(line->sink, ' ', line->blanks);
  sink_write(line->sink, text, length);
  line->length += line->blanks + length;
  line->blanks = 0;
}

static void put_right(struct printed *line, const char *text, size_t width) {
  size_t length = strlen(text);
  line->blanks += width > length ? width - length : 0;
  if (length)
    put(line, text, length);
}

static size_t gap(const struct column *column) {
  return column->is_size ? 1 : 2;
}

static void print_rule(struct sink *sink, size_t length) {
  sink_repeat(sink, '=', length);
  sink_text(sink, "\n");
}

static void print_headings(const struct table *table) {
  const struct picks *picks = &table->style->picks;
  struct printed line = {table->sink, 0, 0};
  put_right(&line, "Line #", table->number_width);
  for (size_t i = 0; i < picks->count; i++) {
    const struct column *column = &columns[picks->ids[i]];
    line.blanks += gap(column);
    put_right(&line, column->heading, table->widths[i]);
  }
  line.blanks += 3;
  put_right(&line, "Line Contents", 0);
  sink_text(table->sink, "\n");
  print_rule(table->sink, line.length);
}

/* Source text as it stands, but nothing that a terminal would obey. */
static void put_source(struct printed *line, const char *text, size_t length) {
  bool is_cut = length > CUT;
  if (is_cut)
    for (length = CUT; length && ((unsigned char)text[length] & 0xc0) == 0x80;)
      length--; /* between two characters of UTF-8 */
  while (length && (text[length - 1] == ' ' || text[length - 1] == '\t'))
    length--;
  if (length)
    put(line, "", 0); /* the blanks in front */
  while (length) {
    const char *tab = memchr(text, '\t', length);
    size_t span = tab ? (size_t)(tab - text) : length;
    sink_printable(line->sink, text, span);
    if (tab)
      sink_write(line->sink, text + span++, 1);
    text += span;
    length -= span;
  }
  if (is_cut)
    put(line, "...", 3);
}

/* One line; `row` may be NULL, `number` may be 0 for "no line". */
static void print_row(const struct table *table, size_t number,
                      const struct row *row, const char *text, size_t length) {
  const struct picks *picks = &table->style->picks;
  struct printed line = {table->sink, 0, 0};
  char cell[CELL] = "-";
  if (number)
    snprintf(cell, sizeof cell, "%zu", number);
  put_right(&line, cell, table->number_width);
  for (size_t i = 0; i < picks->count; i++) {
    cell[0] = 0;
    if (row && is_executed(row))
      cell_text(table->style, picks->ids[i], row, cell);
    line.blanks += gap(&columns[picks->ids[i]]);
    put_right(&line, cell, table->widths[i]);
  }
  line.blanks += 3;
  if (text)
    put_source(&line, text, length);
  sink_text(table->sink, "\n");
}

static void print_source_row(const struct table *table, size_t number,
                             const struct row *row) {
  size_t length = 0;
  const char *text = source_line(table->source, number, &length);
  print_row(table, number, row, text, length);
}

/* ---- Which lines ---- */

/* Every source line from the definition on; in other files, and without a
 * source, the lines that have rows and what lies close between them. */
static void print_rows(const struct table *table, size_t definition) {
  size_t printed = 0;
  for (size_t r = 0; r < table->row_count; r++) {
    const struct row *row = table->rows[r];
    if (row->line == 0) {
      print_row(table, 0, row, NULL, 0);
      continue;
    }
    size_t from = printed ? printed + 1 : row->line;
    size_t until = row->line;
    if (until > table->source->line_count + 1)
      until = table->source->line_count + 1;
    bool is_inside = definition && from > definition;
    if (table->style->is_brief) {
      from = until;
    } else if (!is_inside && until > from + ELIDED) {
      print_row(table, 0, NULL, "...", 3);
      from = until;
    }
    for (; from < until && from < row->line; from++)
      print_source_row(table, from, NULL);
    print_source_row(table, row->line, row);
    printed = row->line;
  }
  if (definition && !table->style->is_brief &&
      source_is_closed_after(table->source, definition, printed))
    print_source_row(table, printed + 1, NULL);
}

/* ---- Files ---- */

static void print_source_state(const struct source *source,
                               const struct source_file *file,
                               struct sink *sink) {
  static const char *const what[] = {
      [SOURCE_MISSING] = "source not found",
      [SOURCE_CHANGED] = "source changed since it was compiled",
      [SOURCE_NEWER] = "source is newer than the program",
  };
  if (source->state == SOURCE_FOUND)
    return;
  sink_printf(sink, "%s: '", what[source->state]);
  sink_name(sink, source->path ? source->path : file->name);
  sink_text(sink, "'\n");
}

/* "Function: work (", "Function: work (thread 2, " */
static void print_function(const struct function_rows *function,
                           const char *name, struct sink *sink) {
  sink_text(sink, "Function: ");
  sink_name(sink, name);
  sink_text(sink, " (");
  if (function->thread)
    sink_printf(sink, "thread %u", function->thread);
  if (function->thread && function->followers)
    sink_printf(sink, " and %u after it", function->followers);
  if (function->thread)
    sink_text(sink, ", ");
}

static void print_summary(const struct table_style *style,
                          const struct function_rows *function,
                          const char *name, struct sink *sink) {
  char peak[CELL], kept[CELL];
  table_size(style, peak, sizeof peak,
             function->per_call[MEMPROF_CALL_peak].max);
  table_size(style, kept, sizeof kept, function->kept);
  print_function(function, name, sink);
  sink_printf(sink, "%llu call%s, %llu allocation%s, peak %s, kept %s)\n",
              (unsigned long long)function->calls,
              function->calls == 1 ? "" : "s",
              (unsigned long long)function->allocs,
              function->allocs == 1 ? "" : "s", peak, kept);
}

static void print_end(struct sink *sink) { sink_text(sink, "\n\n"); }

/* The table of one of the function's files; nothing when it has no rows. */
static void print_file(struct table *table,
                       const struct function_rows *function, const char *name,
                       size_t file, struct source_cache *cache) {
  struct sink *sink = table->sink;
  const struct row *definition = &function->rows[0];
  bool is_own = definition->file == file;
  table->row_count = 0;
  for (size_t i = 1; i < function->row_count; i++) {
    const struct row *row = &function->rows[i];
    if (row->file != file)
      continue;
    if (is_own && definition && row->line > definition->line) {
      table->rows[table->row_count++] = definition;
      definition = NULL;
    }
    table->rows[table->row_count++] = row;
  }
  if (is_own && definition)
    table->rows[table->row_count++] = definition;
  if (table->row_count == 0)
    return;
  const struct source_file *source_file = &function->files[file];
  table->source = source_find(cache, source_file);
  sink_text(sink, "Filename: ");
  sink_name(sink, source_file->name);
  sink_text(sink, "\n");
  if (is_own) {
    print_summary(table->style, function, name, sink);
  } else {
    print_function(function, name, sink);
    sink_text(sink, "its lines in this file)\n");
  }
  print_source_state(table->source, source_file, sink);
  sink_text(sink, "\n");
  measure(table, table->rows[table->row_count - 1]->line);
  print_headings(table);
  print_rows(table, is_own ? function->rows[0].line : 0);
  print_end(sink);
}

/* Compiled without -g: one row for all. */
static void print_without_lines(struct table *table,
                                const struct function_rows *function,
                                const char *name) {
  struct sink *sink = table->sink;
  static const char text[] = "(the whole function)";
  sink_text(sink, "Filename: ??\n");
  print_summary(table->style, function, name, sink);
  sink_text(sink, "no line numbers: compile with -g\n\n");
  table->rows[0] = &function->rows[0];
  table->row_count = 1;
  measure(table, 0);
  print_headings(table);
  print_row(table, 0, &function->rows[0], text, sizeof text - 1);
  print_end(sink);
}

void table_print(const struct table_style *style,
                 const struct function_rows *function, const char *name,
                 struct source_cache *cache, struct sink *sink) {
  struct table table = {.style = style, .sink = sink};
  table.rows =
      scratch_alloc(cache->scratch, function->row_count, sizeof *table.rows);
  if (!table.rows) {
    sink_text(sink, "memprof: no memory for the table of '");
    sink_name(sink, name);
    sink_text(sink, "'\n");
    return;
  }
  if (function->file_count == 0) {
    print_without_lines(&table, function, name);
    return;
  }
  size_t own = function->rows[0].file;
  print_file(&table, function, name, own, cache);
  for (size_t file = 0; file < function->file_count; file++)
    if (file != own)
      print_file(&table, function, name, file, cache);
}

void table_print_outside(const struct table_style *style,
                         const struct row *outside, struct sink *sink) {
  static const char text[] = "(outside marked functions)";
  struct table table = {
      .style = style, .sink = sink, .rows = &outside, .row_count = 1};
  char peak[CELL], kept[CELL];
  table_size(style, peak, sizeof peak, outside->peak);
  table_size(style, kept, sizeof kept, outside->kept);
  sink_printf(sink,
              "outside marked functions (%llu allocation%s, peak %s, "
              "kept %s)\n\n",
              (unsigned long long)outside->allocs,
              outside->allocs == 1 ? "" : "s", peak, kept);
  measure(&table, 0);
  print_headings(&table);
  print_row(&table, 0, outside, text, sizeof text - 1);
  print_end(sink);
}
