/* doc_functions.c - of a report in JSON: functions with their lines, and
 * calling contexts. */
#define _GNU_SOURCE
#include "doc.h"
#include "progress.h"

/* ---- Functions ---- */

static void put_line(struct doc *doc, const struct function_rows *rows,
                     const struct row *row) {
  const struct source_file *file =
      rows->file_count ? &rows->files[row->file] : NULL;
  doc_put_text(doc, "{\"line\":");
  doc_put_number(doc, row->line);
  for (size_t i = 0; i < doc->picks_of_row.count; i++) {
    doc_put_text(doc, doc->keys[i]);
    doc_put_number(doc, column_value(doc->picks_of_row.ids[i], row));
  }
  if (row->file != rows->rows[0].file) {
    doc_put_text(doc, ",\"file\":");
    doc_put_new(doc, doc_text(doc, file->name));
  }
  doc_put_text(doc, ",\"source\":");
  doc_put_new(doc, doc_source(doc, file, row->line));
  doc_put_text(doc, "}");
}

/* The last member of a function that is written already. */
static void put_lines(struct doc *doc, const struct function_rows *rows) {
  if (doc->is_broken)
    return;
  doc->used--; /* its closing brace */
  doc_put_text(doc, ",\"lines\":[");
  for (size_t i = 0; i < rows->row_count; i++) {
    if (i)
      doc_put_text(doc, ",");
    put_line(doc, rows, &rows->rows[i]);
  }
  doc_put_text(doc, "]}");
}

static json_t *per_call(struct doc *doc, const struct function_rows *rows) {
  static const char *const names[] = {
#define NAME(METRIC, TYPE) #METRIC,
      MEMPROF_CALL_METRICS(NAME)
#undef NAME
  };
  json_t *metrics = json_object();
  for (unsigned m = 0; m < MEMPROF_CALL_METRIC_COUNT; m++) {
    const struct memprof_stat *stat = &rows->per_call[m];
    json_t *metric = json_object();
    doc_set(doc, metric, "min", doc_number(stat->min));
    doc_set(
        doc, metric, "mean",
        json_real(rows->calls ? (double)stat->sum / (double)rows->calls : 0));
    doc_set(doc, metric, "max", doc_number(stat->max));
    doc_set(doc, metric, "first", doc_number(stat->first));
    doc_set(doc, metrics, names[m], metric);
  }
  return metrics;
}

/* Blocks of each class of sizes: of `from` bytes and more, fewer than `below`.
 */
static json_t *sizes(struct doc *doc, const struct function_rows *rows) {
  json_t *list = json_array();
  for (unsigned k = 0; k < MEMPROF_SIZE_CLASSES; k++) {
    if (!rows->sizes[k])
      continue;
    json_t *class = json_object();
    doc_set(doc, class, "from", doc_number(k ? UINT64_C(1) << (k - 1) : 0));
    doc_set(doc, class, "below",
            k + 1 < MEMPROF_SIZE_CLASSES ? doc_number(UINT64_C(1) << k)
                                         : json_null());
    doc_set(doc, class, "blocks", doc_number(rows->sizes[k]));
    doc_append(doc, list, class);
  }
  return list;
}

static const char *kind_word(uint32_t flags) {
  return flags & MEMPROF_RECORD_TEST    ? "test"
         : flags & MEMPROF_RECORD_SCOPE ? "scope"
                                        : "function";
}

static void print_function(struct doc *doc, const struct item *item) {
  const struct function_rows *rows = item->rows;
  json_t *function = json_object();
  doc_set(doc, function, "name", doc_text(doc, rows->name));
  doc_set(doc, function, "signature", doc_text(doc, rows->signature));
  doc_set(doc, function, "kind", json_string(kind_word(rows->flags)));
  doc_set_place(doc, function, item->file, item->line);
  doc_set(doc, function, "selected", json_boolean(rows->selected));
  doc_set(doc, function, "left_out", doc_text(doc, rows->reason));
  doc_set_row(doc, function, &doc->picks, false, item->row);
  doc_set(doc, function, "per_call", per_call(doc, rows));
  doc_set(doc, function, "sizes", sizes(doc, rows));
  doc_add(doc, function);
  put_lines(doc, rows);
}

void doc_print_functions(struct doc *doc, const struct items *items) {
  struct progress progress;
  progress_start_printing(&progress, items->count, "functions",
                          fileno(doc->file));
  doc_begin_list(doc, "functions");
  for (size_t i = 0; i < items->count && !doc->is_broken; i++) {
    print_function(doc, &items->items[i]);
    progress_show(&progress, i + 1);
  }
  doc_end_list(doc);
  progress_clear(&progress);
}

/* ---- Contexts ---- */

static void put_sums(struct doc *doc, const struct context_sums *sums) {
#define PUT(BEFORE, NAME)                                                      \
  doc_put_text(doc, BEFORE "\"" #NAME "\":");                                  \
  doc_put_number(doc, (int64_t)sums->NAME);
  PUT("", allocs)
  PUT(",", bytes)
  PUT(",", frees)
  PUT(",", freed)
  PUT(",", kept)
  PUT(",", temporary)
  PUT(",", at_peak)
#undef PUT
}

static void put_number_or_null(struct doc *doc, bool is_known, uint64_t value) {
  if (is_known)
    doc_put_number(doc, (int64_t)value);
  else
    doc_put_text(doc, "null");
}

/* Callers come before those that they call: their places are known. */
static void print_context(struct doc *doc, const struct context *context,
                          const uint32_t *place_of) {
  const struct subject *subject = doc->view->subject;
  unsigned line = context_call_line(subject, context);
  bool has_parent = context->parent != CONTEXT_NONE;
  doc_begin_element(doc);
  doc_put_text(doc, "{\"function\":");
  doc_put_new(
      doc,
      doc_text(doc, subject->report.functions[context->function].signature));
  doc_put_text(doc, ",\"parent\":");
  put_number_or_null(doc, has_parent,
                     has_parent ? place_of[context->parent] : 0);
  doc_put_text(doc, ",\"call_line\":");
  put_number_or_null(doc, line, line);
  doc_put_text(doc, ",\"calls\":");
  doc_put_number(doc, (int64_t)context->calls);
  doc_put_text(doc, ",\"peak\":");
  doc_put_number(doc, (int64_t)context->per_call[MEMPROF_CALL_peak].max);
  doc_put_text(doc, ",");
  put_sums(doc, &context->total);
  doc_put_text(doc, ",\"own\":{");
  put_sums(doc, &context->own);
  doc_put_text(doc, "}}");
}

bool doc_print_contexts(struct doc *doc) {
  const struct contexts *contexts = &doc->view->subject->contexts;
  const bool *is_shown = contexts_wanted(doc->view, true);
  uint32_t *place_of = scratch_alloc(doc->view->subject->scratch,
                                     contexts->count, sizeof *place_of);
  if (!is_shown || !place_of)
    return false;
  struct progress progress;
  uint32_t shown = 0;
  doc_begin_list(doc, "contexts");
  progress_start_printing(&progress, contexts->count, "contexts",
                          fileno(doc->file));
  for (size_t i = 0; i < contexts->count && !doc->is_broken; i++) {
    if (!is_shown[i])
      continue;
    place_of[i] = shown++;
    print_context(doc, &contexts->contexts[i], place_of);
    progress_show(&progress, i + 1);
  }
  doc_end_list(doc);
  progress_clear(&progress);
  return true;
}
