/* page_functions.c - a page's functions: numbers, and the source around them. */
#include "page.h"

json_t *page_columns(const struct page *page) {
  static const char *const shown[] = {[SHOWN_NAMED] = "named",
                                      [SHOWN_TRACKED] = "tracked",
                                      [SHOWN_ALL] = "all",
                                      [SHOWN_STANDARD] = "standard"};
  json_t *list = json_array();
  for (size_t i = 0; i < page->columns.count; i++) {
    const struct column *column = &columns[page->columns.ids[i]];
    json_array_append_new(list, json_pack("{ss ss sb ss}", "id", column->id,
                                          "heading", column->heading, "is_size",
                                          column->is_size, "shown",
                                          shown[column->shown]));
  }
  return list;
}

static bool is_executed(const struct row *row) {
  return row->occurrences || row->has_event || row->allocs || row->frees ||
         row->maps || row->unmaps;
}

/* ---- Rows ---- */

/* [line, file, then the value of each column], the first two alone for a line
 * that was never executed. */
static void put_row(struct page *page, const struct row *row) {
  page_put_number(page, '[', row->line);
  page_put_number(page, ',', row->file);
  for (size_t i = 0; i < page->columns.count && is_executed(row); i++)
    page_put_number(page, ',', column_value(page->columns.ids[i], row));
  page_put_text(page, "]");
}

static void put_rows(struct page *page, const struct function_rows *function) {
  page_put_text(page, ",\"lines\":[");
  for (size_t i = 0; i < function->row_count; i++) {
    page_put_text(page, i ? "," : "");
    put_row(page, &function->rows[i]);
  }
  page_put_text(page, "]}");
}

/* ---- Source ---- */

enum {
  ELIDED = 20, /* lines without rows that are not worth showing, but inside the
                    function */
  LONGEST = 1000 /* bytes of a line */
};

/* Source lines that are shown together: from `first` to `last`. */
struct chunk {
  struct page *page;
  json_t *list; /* of those before: [first line, text...] */
  const struct source *source;
  unsigned definition; /* line; 0: in another file */
  unsigned first, last;
};

static void chunk_end(const struct chunk *chunk) {
  json_t *texts;
  const char *text;
  size_t length;
  if (!source_line(chunk->source, chunk->first, &length))
    return; /* no source, or not that many lines */
  json_array_append_new(chunk->list, texts = json_array());
  json_array_append_new(texts, json_integer(chunk->first));
  for (size_t line = chunk->first;
       line <= chunk->last &&
       (text = source_line(chunk->source, line, &length));
       line++)
    json_array_append_new(
        texts,
        page_text_of(chunk->page, text, length < LONGEST ? length : LONGEST));
}

static void chunk_add(struct chunk *chunk, unsigned line) {
  bool is_inside = chunk->definition && chunk->last >= chunk->definition;
  if (!chunk->first || (!is_inside && line > chunk->last + ELIDED)) {
    chunk_end(chunk);
    chunk->first = line;
  }
  chunk->last = line;
}

/* The rows of one file ascend; row 0, the definition, is to be put among them.
 */
static json_t *page_chunks(struct page *page,
                           const struct function_rows *function, unsigned file,
                           const struct source *source) {
  unsigned definition =
      function->rows[0].file == file ? function->rows[0].line : 0;
  struct chunk chunk = {.page = page,
                        .list = json_array(),
                        .source = source,
                        .definition = definition};
  for (size_t i = 1; i < function->row_count; i++) {
    const struct row *row = &function->rows[i];
    if (row->file != file || !row->line)
      continue;
    if (row->line > definition && chunk.last < definition)
      chunk_add(&chunk, definition);
    chunk_add(&chunk, row->line);
  }
  if (chunk.last < definition)
    chunk_add(&chunk, definition);
  if (definition && source_is_closed_after(source, definition, chunk.last))
    chunk.last++;
  chunk_end(&chunk);
  return chunk.list;
}

static json_t *page_file(struct page *page,
                         const struct function_rows *function, unsigned file) {
  static const char *const states[] = {[SOURCE_FOUND] = "found",
                                       [SOURCE_MISSING] = "missing",
                                       [SOURCE_CHANGED] = "changed",
                                       [SOURCE_NEWER] = "newer"};
  const struct source *source =
      source_find(&page->sources, &function->files[file]);
  return json_pack("{so ss so}", "name",
                   page_text(page, function->files[file].name), "state",
                   states[source->state], "chunks",
                   page_chunks(page, function, file, source));
}

static json_t *page_files(struct page *page,
                          const struct function_rows *function) {
  json_t *files = json_array();
  for (unsigned i = 0; i < function->file_count; i++)
    json_array_append_new(files, page_file(page, function, i));
  return files;
}

/* ---- A function ---- */

/* Each metric: [min, mean, max, first]. */
static json_t *page_per_call(const struct function_rows *function) {
  json_t *metrics = json_object();
#define METRIC(NAME, TYPE)                                                     \
  {                                                                            \
    const struct memprof_stat *stat =                                          \
        &function->per_call[MEMPROF_CALL_##NAME];                              \
    double mean =                                                              \
        function->calls ? (double)stat->sum / (double)function->calls : 0;     \
    json_object_set_new(metrics, #NAME,                                        \
                        json_pack("[o f o o]", page_number(stat->min), mean,   \
                                  page_number(stat->max),                      \
                                  page_number(stat->first)));                  \
  }
  MEMPROF_CALL_METRICS(METRIC)
#undef METRIC
  return metrics;
}

/* Up to the largest class that has blocks. */
static json_t *page_sizes(const struct function_rows *function) {
  size_t count = MEMPROF_SIZE_CLASSES;
  json_t *sizes = json_array();
  while (count && !function->sizes[count - 1])
    count--;
  for (size_t i = 0; i < count; i++)
    json_array_append_new(sizes, page_number(function->sizes[i]));
  return sizes;
}

static const char *kind_of(const struct function_rows *function) {
  return function->flags & MEMPROF_RECORD_TEST    ? "test"
         : function->flags & MEMPROF_RECORD_SCOPE ? "scope"
                                                  : "function";
}

bool page_put_function(struct page *page, const char *before,
                       const struct function_rows *function) {
  json_t *value = json_pack(
      "{so so ss si si}", "name", page_text(page, function->name), "signature",
      page_text(page, function->signature), "kind", kind_of(function), "thread",
      (int)function->thread, "followers", (int)function->followers);
  json_object_set_new(value, "files", page_files(page, function));
  if (!function_is_measured(function)) {
    json_object_set_new(value, "reason", page_text(page, function->reason));
    json_object_set_new(value, "selected", json_boolean(function->selected));
    json_object_set_new(value, "line", json_integer(function->rows->line));
    json_object_set_new(value, "calls", json_integer(0));
    return page_put(page, before, value);
  }
#define SET(KEY, VALUE) json_object_set_new(value, KEY, page_number(VALUE))
  SET("calls", function->calls);
  SET("allocs", function->allocs);
  SET("frees", function->frees);
  SET("bytes", function->bytes);
  SET("freed", function->freed);
  SET("kept", function->kept);
  SET("peak", function->per_call[MEMPROF_CALL_peak].max);
#undef SET
  json_object_set_new(value, "per_call", page_per_call(function));
  json_object_set_new(value, "sizes", page_sizes(function));
  if (!page_put_open(page, before, value))
    return false;
  put_rows(page, function);
  return true;
}
