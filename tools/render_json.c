/* render_json.c - all there is, as docs/report.schema.json describes it.
 *
 * Written function by function, so that there is never more than one of them in
 * memory. jansson writes all but what there is by the hundred thousand, rows
 * and contexts: of these it writes the texts, and the numbers go straight into
 * the buffer, which takes a third of the time. Keys stand in the order in which
 * they are set.
 */
#define _GNU_SOURCE
#include "progress.h"
#include "render.h"
#include "render_views.h"
#include "report/source.h"
#include "texts.h"
#include "tool.h"
#include "verdicts.h"
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct json {
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

/* ---- Values ---- */

static json_t *number(uint64_t value) {
  return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

static json_t *text_of(struct json *json, const char *text, size_t length) {
  return json_string(texts_clean(&json->texts, text, length));
}

/* null for NULL. */
static json_t *text(struct json *json, const char *text) {
  return text ? text_of(json, text, strlen(text)) : json_null();
}

static json_t *instant(uint64_t ns) {
  char out[32];
  if (!ns)
    return json_null();
  time_text(out, sizeof out, ns);
  return json_string(out);
}

static void set(struct json *json, json_t *object, const char *key,
                json_t *value) {
  if (json_object_set_new_nocheck(object, key, value) != 0)
    json->is_broken = true;
}

static void append(struct json *json, json_t *array, json_t *value) {
  if (json_array_append_new(array, value) != 0)
    json->is_broken = true;
}

static void set_place(struct json *json, json_t *object,
                      const struct source_file *file, unsigned line) {
  set(json, object, "file", text(json, file ? file->name : NULL));
  set(json, object, "line", file ? number(line) : json_null());
}

/* A function's calls stand where a line has its arrivals. */
static const char *key_of(enum column_id id, bool is_line) {
  return id == COLUMN_occurrences && !is_line ? "calls" : columns[id].id;
}

static void set_row(struct json *json, json_t *object,
                    const struct picks *picks, bool is_line,
                    const struct row *row) {
  for (size_t i = 0; i < picks->count; i++)
    set(json, object, key_of(picks->ids[i], is_line),
        json_integer(column_value(picks->ids[i], row)));
}

/* ---- Output ---- */

static void flush(struct json *json) {
  fwrite(json->buffer, 1, json->used, json->file);
  json->used = 0;
}

static int put(const char *bytes, size_t size, void *context) {
  struct json *json = context;
  while (size) {
    if (json->used == sizeof json->buffer)
      flush(json);
    size_t part = sizeof json->buffer - json->used;
    if (part > size)
      part = size;
    memcpy(json->buffer + json->used, bytes, part);
    json->used += part;
    bytes += part;
    size -= part;
  }
  return 0;
}

static void put_text(struct json *json, const char *text) {
  put(text, strlen(text), json);
}

static void put_number(struct json *json, int64_t value) {
  char digits[24];
  size_t at = sizeof digits;
  uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
  do
    digits[--at] = (char)('0' + rest % 10);
  while (rest /= 10);
  if (value < 0)
    digits[--at] = '-';
  put(digits + at, sizeof digits - at, json);
}

static void put_value(struct json *json, const json_t *value) {
  if (!value ||
      json_dump_callback(value, put, json, JSON_COMPACT | JSON_ENCODE_ANY) != 0)
    json->is_broken = true;
}

static void put_new(struct json *json, json_t *value) {
  put_value(json, value);
  json_decref(value);
}

/* One more element of a list, on a line of its own. */
static void begin_element(struct json *json) {
  put_text(json, json->is_first ? "\n" : ",\n");
  json->is_first = false;
}

static void print_new(struct json *json, json_t *value) {
  begin_element(json);
  put_new(json, value);
}

static void begin_list(struct json *json, const char *key) {
  put_text(json, ",\n\"");
  put_text(json, key);
  put_text(json, "\":[");
  json->is_first = true;
}

static void end_list(struct json *json) {
  put_text(json, json->is_first ? "]" : "\n]");
}

/* ---- The process ---- */

static const char *end_word(uint32_t end) {
  return end == MEMPROF_END_EXIT     ? "exit"
         : end == MEMPROF_END_SIGNAL ? "signal"
                                     : NULL;
}

static void set_process(struct json *json, json_t *meta,
                        const struct memprof_header *header) {
  char run[32];
  snprintf(run, sizeof run, "%016" PRIx64, header->run);
  set(json, meta, "pid", number(header->pid));
  set(json, meta, "parent", number(header->parent));
  set(json, meta, "run", json_string(run));
  set(json, meta, "started", instant(header->started_ns));
  set(json, meta, "started_ns", number(header->started_ns));
  set(json, meta, "ended", instant(header->ended_ns));
  set(json, meta, "ended_ns", number(header->ended_ns));
  set(json, meta, "end", text(json, end_word(header->end)));
  set(json, meta, "status",
      header->end == MEMPROF_END_UNKNOWN ? json_null()
                                         : number(header->status));
}

static void set_facts(struct json *json, json_t *meta,
                      const struct profile *profile, size_t from, size_t to) {
  for (size_t i = from; i < to; i++)
    switch (profile->metas[i]->key) {
#define FACT(KEY, NUMBER, HELP)                                                \
  case NUMBER:                                                                 \
    set(json, meta, #KEY, text(json, profile->metas[i]->text));                \
    break;
      MEMPROF_META(FACT)
#undef FACT
    default: /* of a later version */
      break;
    }
}

/* Each part of a sum, from its source on. */
static json_t *parts(struct json *json, const struct profile *profile) {
  json_t *list = json_array();
  for (size_t i = 0, end; i < profile->meta_count; i = end) {
    for (end = i + 1; end < profile->meta_count &&
                      profile->metas[end]->key != MEMPROF_META_source;)
      end++;
    json_t *part = json_object();
    set_facts(json, part, profile, i, end);
    append(json, list, part);
  }
  return list;
}

static json_t *units(struct json *json, const struct profile *profile) {
  json_t *list = json_array();
  for (size_t i = 0; i < profile->unit_count; i++) {
    const struct memprof_abi_unit *about =
        memprof_unit_description(profile->units[i]);
    json_t *unit = json_object();
    set(json, unit, "module",
        text(json, profile_unit_module(profile, profile->units[i])));
#define SET(FIELD)                                                             \
  set(json, unit, #FIELD,                                                      \
      text(json, about->FIELD ? (const char *)about + about->FIELD : NULL));
    SET(source)
    SET(compiler)
    SET(level)
    SET(llvm)
    SET(revision)
#undef SET
    append(json, list, unit);
  }
  return list;
}

static void print_meta(struct json *json) {
  const struct profile *profile = json->view->subject->profile;
  const struct memprof_header *header = profile->header;
  json_t *meta = json_object();
  set(json, meta, "merged", number(header->merged));
  if (!header->merged) {
    set_process(json, meta, header);
    set_facts(json, meta, profile, 0, profile->meta_count);
  }
  set(json, meta, "scope",
      json_string(header->scope_process ? "process" : "profiled"));
  set(json, meta, "cut_off", json_boolean(profile->cut_off));
#define SET(FIELD) set(json, meta, #FIELD, number(header->FIELD));
  MEMPROF_PROCESS_COUNTERS(SET)
#undef SET
  json_object_del(meta, "peak_epoch"); /* of use to the runtime alone */
  if (header->merged)
    set(json, meta, "parts", parts(json, profile));
  set(json, meta, "units", units(json, profile));
  put_text(json, "{\"memprof\":1,\n\"meta\":");
  put_new(json, meta);
}

/* ---- Functions ---- */

/* The source text of a line; null when there is none. */
static json_t *source(struct json *json, const struct source_file *file,
                      unsigned line) {
  size_t length = 0;
  const char *found =
      file ? source_line(source_find(&json->sources, file), line, &length)
           : NULL;
  return found ? text_of(json, found, length) : json_null();
}

static void put_line(struct json *json, const struct function_rows *rows,
                     const struct row *row) {
  const struct source_file *file =
      rows->file_count ? &rows->files[row->file] : NULL;
  put_text(json, "{\"line\":");
  put_number(json, row->line);
  for (size_t i = 0; i < json->picks_of_row.count; i++) {
    put_text(json, json->keys[i]);
    put_number(json, column_value(json->picks_of_row.ids[i], row));
  }
  if (row->file != rows->rows[0].file) {
    put_text(json, ",\"file\":");
    put_new(json, text(json, file->name));
  }
  put_text(json, ",\"source\":");
  put_new(json, source(json, file, row->line));
  put_text(json, "}");
}

/* The last member of a function that is written already. */
static void put_lines(struct json *json, const struct function_rows *rows) {
  json->used--; /* its closing brace */
  put_text(json, ",\"lines\":[");
  for (size_t i = 0; i < rows->row_count; i++) {
    if (i)
      put_text(json, ",");
    put_line(json, rows, &rows->rows[i]);
  }
  put_text(json, "]}");
}

static json_t *per_call(struct json *json, const struct function_rows *rows) {
  static const char *const names[] = {
#define NAME(METRIC, TYPE) #METRIC,
      MEMPROF_CALL_METRICS(NAME)
#undef NAME
  };
  json_t *metrics = json_object();
  for (unsigned m = 0; m < MEMPROF_CALL_METRIC_COUNT; m++) {
    const struct memprof_stat *stat = &rows->per_call[m];
    json_t *metric = json_object();
    set(json, metric, "min", number(stat->min));
    set(json, metric, "mean",
        json_real(rows->calls ? (double)stat->sum / (double)rows->calls : 0));
    set(json, metric, "max", number(stat->max));
    set(json, metric, "first", number(stat->first));
    set(json, metrics, names[m], metric);
  }
  return metrics;
}

/* Blocks of each class of sizes: of `from` bytes and more, fewer than `below`.
 */
static json_t *sizes(struct json *json, const struct function_rows *rows) {
  json_t *list = json_array();
  for (unsigned k = 0; k < MEMPROF_SIZE_CLASSES; k++) {
    if (!rows->sizes[k])
      continue;
    json_t *class = json_object();
    set(json, class, "from", number(k ? UINT64_C(1) << (k - 1) : 0));
    set(json, class, "below",
        k + 1 < MEMPROF_SIZE_CLASSES ? number(UINT64_C(1) << k) : json_null());
    set(json, class, "blocks", number(rows->sizes[k]));
    append(json, list, class);
  }
  return list;
}

static const char *kind_word(uint32_t flags) {
  return flags & MEMPROF_RECORD_TEST    ? "test"
         : flags & MEMPROF_RECORD_SCOPE ? "scope"
                                        : "function";
}

static void print_function(struct json *json, const struct item *item) {
  const struct function_rows *rows = item->rows;
  json_t *function = json_object();
  set(json, function, "name", text(json, rows->name));
  set(json, function, "signature", text(json, rows->signature));
  set(json, function, "kind", json_string(kind_word(rows->flags)));
  set_place(json, function, item->file, item->line);
  set(json, function, "selected", json_boolean(rows->selected));
  set(json, function, "left_out", text(json, rows->reason));
  set_row(json, function, &json->picks, false, item->row);
  set(json, function, "per_call", per_call(json, rows));
  set(json, function, "sizes", sizes(json, rows));
  print_new(json, function);
  put_lines(json, rows);
}

static void print_functions(struct json *json, const struct items *items) {
  struct progress progress;
  progress_start_printing(&progress, items->count, "functions",
                          fileno(json->file));
  begin_list(json, "functions");
  for (size_t i = 0; i < items->count && !json->is_broken; i++) {
    print_function(json, &items->items[i]);
    progress_show(&progress, i + 1);
  }
  end_list(json);
  progress_clear(&progress);
}

/* ---- Contexts ---- */

static void put_sums(struct json *json, const struct context_sums *sums) {
#define PUT(BEFORE, NAME)                                                      \
  put_text(json, BEFORE "\"" #NAME "\":");                                     \
  put_number(json, (int64_t)sums->NAME);
  PUT("", allocs)
  PUT(",", bytes)
  PUT(",", frees)
  PUT(",", freed)
  PUT(",", kept)
  PUT(",", temporary)
  PUT(",", at_peak)
#undef PUT
}

static void put_number_or_null(struct json *json, bool is_known,
                               uint64_t value) {
  if (is_known)
    put_number(json, (int64_t)value);
  else
    put_text(json, "null");
}

/* Callers come before those that they call: their places are known. */
static void print_context(struct json *json, const struct context *context,
                          const uint32_t *place_of) {
  const struct subject *subject = json->view->subject;
  unsigned line = context_call_line(subject, context);
  bool has_parent = context->parent != CONTEXT_NONE;
  begin_element(json);
  put_text(json, "{\"function\":");
  put_new(json,
          text(json, subject->report.functions[context->function].signature));
  put_text(json, ",\"parent\":");
  put_number_or_null(json, has_parent,
                     has_parent ? place_of[context->parent] : 0);
  put_text(json, ",\"call_line\":");
  put_number_or_null(json, line, line);
  put_text(json, ",\"calls\":");
  put_number(json, (int64_t)context->calls);
  put_text(json, ",\"peak\":");
  put_number(json, (int64_t)context->per_call[MEMPROF_CALL_peak].max);
  put_text(json, ",");
  put_sums(json, &context->total);
  put_text(json, ",\"own\":{");
  put_sums(json, &context->own);
  put_text(json, "}}");
}

static bool print_contexts(struct json *json) {
  const struct contexts *contexts = &json->view->subject->contexts;
  const bool *is_shown = contexts_wanted(json->view, true);
  uint32_t *place_of = scratch_alloc(json->view->subject->scratch,
                                     contexts->count, sizeof *place_of);
  if (!is_shown || !place_of)
    return false;
  struct progress progress;
  uint32_t shown = 0;
  begin_list(json, "contexts");
  progress_start_printing(&progress, contexts->count, "contexts",
                          fileno(json->file));
  for (size_t i = 0; i < contexts->count && !json->is_broken; i++) {
    if (!is_shown[i])
      continue;
    place_of[i] = shown++;
    print_context(json, &contexts->contexts[i], place_of);
    progress_show(&progress, i + 1);
  }
  end_list(json);
  progress_clear(&progress);
  return true;
}

/* ---- Series, limits, tests ---- */

static json_t *samples(struct json *json, const struct memprof_series *series) {
  const struct memprof_sample *sample = (const void *)(series + 1);
  json_t *list = json_array();
  for (uint32_t i = 0; i < series->count; i++, sample++) {
    json_t *one = json_object();
    set(json, one, "at_ns", number(sample->at_ns));
    set(json, one, "rss", number(sample->rss));
    set(json, one, "pss", number(sample->pss));
    set(json, one, "uss", number(sample->uss));
    set(json, one, "live",
        sample->live == MEMPROF_UNKNOWN ? json_null()
                                        : json_integer(sample->live));
    append(json, list, one);
  }
  return list;
}

static void print_series(struct json *json) {
  const struct profile *profile = json->view->subject->profile;
  begin_list(json, "series");
  for (size_t i = 0; i < profile->series_count; i++) {
    const struct memprof_series *series = profile->series[i];
    json_t *one = json_object();
    set(json, one, "pid", number(series->pid));
    set(json, one, "parent", number(series->parent));
    set(json, one, "command",
        text(json, profile_text(profile, series->command)));
    set(json, one, "started", instant(series->started_ns));
    set(json, one, "started_ns", number(series->started_ns));
    set(json, one, "started_ticks", number(series->started_ticks));
    set(json, one, "interval_ns", number(series->interval_ns));
    set(json, one, "samples", samples(json, series));
    print_new(json, one);
  }
  end_list(json);
}

static void print_limit(struct json *json, const struct verdict *verdict) {
  const struct memprof_limit *limit = verdict->limit;
  const struct function_rows *rows = verdict->rows;
  json_t *one = json_object();
  set(json, one, "function", text(json, rows ? rows->signature : NULL));
  set_place(json, one,
            rows && rows->file_count ? &rows->files[rows->rows[0].file] : NULL,
            rows ? rows->rows[0].line : 0);
  set(json, one, "metric", json_string(verdict->metric));
  set(json, one, "floor", number(limit->floor));
  set(json, one, "ceiling",
      limit->ceiling == UINT64_MAX ? json_null() : number(limit->ceiling));
  set(json, one, "origin", text(json, verdict->origin));
  set(json, one, "where", text(json, verdict->where));
  set(json, one, "verdict", json_string(verdict_words[verdict->state]));
  set(json, one, "checks", number(limit->checks));
  set(json, one, "violations", number(limit->violations));
  set(json, one, "worst",
      verdict->state == VERDICT_UNCHECKED ? json_null() : number(limit->worst));
  set(json, one, "worst_call",
      limit->worst_call ? number(limit->worst_call) : json_null());
  set(json, one, "test", text(json, verdict->test));
  print_new(json, one);
}

static bool print_limits(struct json *json) {
  struct verdicts verdicts;
  if (!verdicts_list(&verdicts, json->view))
    return false;
  begin_list(json, "limits");
  for (size_t i = 0; i < verdicts.count; i++)
    print_limit(json, &verdicts.list[i]);
  end_list(json);
  return true;
}

static json_t *function_in_test(struct json *json, const struct item *item) {
  json_t *function = json_object();
  set(json, function, "function", text(json, item->function));
  set_place(json, function, item->file, item->line);
  set_row(json, function, &json->picks, false, item->row);
  return function;
}

/* A test, then the functions that ran in it. */
static size_t print_test(struct json *json, const struct items *items,
                         size_t from) {
  const struct item *item = &items->items[from];
  json_t *test = json_object(), *functions = json_array();
  size_t end = from;
  set(json, test, "name", text(json, item->group));
  if (!item->function) { /* with --function, the test itself may be left out */
    set_row(json, test, &json->picks, false, item->row);
    end++;
  }
  for (; end < items->count && items->items[end].group == item->group; end++)
    append(json, functions, function_in_test(json, &items->items[end]));
  set(json, test, "functions", functions);
  print_new(json, test);
  return end;
}

static bool print_tests(struct json *json) {
  struct items items;
  struct view view = *json->view;
  view.by = BY_test;
  view.style.sort = view.style.top = 0;
  if (!items_list(&items, &view))
    return false;
  begin_list(json, "tests");
  for (size_t i = 0; i < items.count && items.items[i].group;)
    i = print_test(json, &items, i);
  end_list(json);
  return true;
}

/* ---- Another view ---- */

static void print_item(struct json *json, const struct item *item) {
  bool is_line = json->view->by == BY_line;
  json_t *one = json_object();
  if (items_group(json->view))
    set(json, one, items_group(json->view), text(json, item->group));
  set(json, one, "function", text(json, item->function));
  set_place(json, one, item->file, item->line);
  set_row(json, one, is_line ? &json->picks_of_row : &json->picks, is_line,
          item->row);
  if (is_line)
    set(json, one, "source", source(json, item->file, item->line));
  print_new(json, one);
}

static void print_view(struct json *json, const struct items *items) {
  static const char *const words[VIEW_COUNT] = {
#define WORD(BY, ITEM) #BY,
      VIEWS(WORD)
#undef WORD
  };
  put_text(json, ",\n\"by\":\"");
  put_text(json, words[json->view->by]);
  put_text(json, "\"");
  begin_list(json, "items");
  for (size_t i = 0; i < items->count && !json->is_broken; i++)
    print_item(json, &items->items[i]);
  end_list(json);
}

/* ---- All of it ---- */

static bool print_whole(struct json *json, const struct items *items) {
  print_functions(json, items);
  if (!print_contexts(json))
    return false;
  print_series(json);
  return print_limits(json) && print_tests(json);
}

static bool print_document(struct json *json) {
  struct items items;
  struct view view = *json->view;
  view.with_idle = true;
  if (!items_list(&items, &view))
    return false;
  print_meta(json);
  if (view.by == BY_function) {
    if (!print_whole(json, &items))
      return false;
  } else {
    print_view(json, &items);
    if (!print_limits(json))
      return false;
  }
  put_text(json, "}\n");
  flush(json);
  return !json->is_broken || error("out of memory for the report");
}

bool render_json_format(const struct view *view, struct outfile *out) {
  static struct json json;
  json = (struct json){.view = view,
                       .file = out->file,
                       .sources = {.scratch = view->subject->scratch,
                                   .root = view->style.source_root}};
  if (view->is_tree)
    return error("report: --tree is text; contexts stand in every JSON");
  items_columns(&json.picks, view, COLUMNS_OF_DATA);
  items_columns(&json.picks_of_row, view, COLUMNS_OF_LINES);
  for (size_t i = 0; i < json.picks_of_row.count; i++)
    snprintf(json.keys[i], sizeof json.keys[i],
             ",\"%s\":", key_of(json.picks_of_row.ids[i], true));
  bool is_printed = print_document(&json);
  texts_release(&json.texts);
  return is_printed;
}
