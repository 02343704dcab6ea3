/* page_process.c - what a page says of the process: what is known of it, its
 * memory over time, its limits. */
#include "page.h"
#include "render_views.h"
#include <stdlib.h>

/* ---- What is known ---- */

static json_t *page_unit(struct page *page, const struct memprof_unit *unit) {
  const struct memprof_abi_unit *about = memprof_unit_description(unit);
  json_t *value = json_object();
#define TEXT(FIELD)                                                            \
  if (about->FIELD)                                                            \
    json_object_set_new(value, #FIELD,                                         \
                        page_text(page, (const char *)about + about->FIELD));
  TEXT(source)
  TEXT(compiler)
  TEXT(level)
  TEXT(llvm)
  TEXT(revision)
#undef TEXT
  return value;
}

static void set_texts(struct page *page, json_t *meta,
                      const struct profile *profile) {
  json_t *parts = json_array();
#define TEXT(KEY, NUMBER, HELP)                                                \
  json_object_set_new(                                                         \
      meta, #KEY, page_text(page, profile_meta(profile, MEMPROF_META_##KEY)));
  MEMPROF_META(TEXT)
#undef TEXT
  for (size_t i = 0; i < profile->meta_count; i++)
    if (profile->metas[i]->key == MEMPROF_META_source)
      json_array_append_new(parts, page_text(page, profile->metas[i]->text));
  json_object_set_new(meta, "parts", parts);
}

static void set_process(json_t *meta, const struct memprof_header *header) {
  static const char *const ends[] = {[MEMPROF_END_UNKNOWN] = "unknown",
                                     [MEMPROF_END_EXIT] = "exit",
                                     [MEMPROF_END_SIGNAL] = "signal"};
  char when[32];
  uint32_t end = header->end > MEMPROF_END_SIGNAL ? 0 : header->end;
  json_object_set_new(meta, "pid", json_integer(header->pid));
  json_object_set_new(meta, "parent", json_integer(header->parent));
  time_text(when, sizeof when, header->started_ns);
  json_object_set_new(meta, "started", json_string(when));
  if (header->ended_ns > header->started_ns)
    json_object_set_new(meta, "elapsed_ns",
                        page_number(header->ended_ns - header->started_ns));
  json_object_set_new(meta, "end", json_string(ends[end]));
  json_object_set_new(meta, "status", json_integer(header->status));
}

/* What happened outside marked functions; null unless it was counted. */
static json_t *page_outside(const struct report *report) {
  const struct row *row = &report->outside;
  if (!report->header->scope_process)
    return json_null();
  return json_pack("{so so so so}", "allocs", page_number(row->allocs), "bytes",
                   page_number(row->bytes), "peak", page_number(row->peak),
                   "kept", page_number(row->kept));
}

json_t *page_meta(struct page *page, const struct items *items) {
  const struct view *view = page->view;
  const struct profile *profile = view->subject->profile;
  const struct memprof_header *header = profile->header;
  json_t *meta = json_pack(
      "{so sb sb sb si so}", "profile", page_text(page, view->subject->name),
      "cut_off", profile->cut_off, "has_mappings", view->report->has_mappings,
      "is_sorted", view->style.sort != 0, "merged", (int)header->merged,
      "left_out", page_number(items->left_out));
  json_t *units = json_array();
  json_object_set_new(
      meta, "scope",
      json_string(header->scope_process ? "process" : "profiled"));
  json_object_set_new(meta, "outside", page_outside(view->report));
  set_texts(page, meta, profile);
  if (!header->merged)
    set_process(meta, header);
  for (size_t i = 0; i < profile->unit_count; i++)
    json_array_append_new(units, page_unit(page, profile->units[i]));
  json_object_set_new(meta, "units", units);
#define COUNTER(FIELD)                                                         \
  json_object_set_new(meta, #FIELD, page_number(header->FIELD));
  MEMPROF_PROCESS_COUNTERS(COUNTER)
#undef COUNTER
  json_object_set_new(meta, "live", json_integer(memprof_header_live(header)));
  return meta;
}

/* ---- Memory over time ---- */

/* [at_ns, rss, pss, uss, live or null] */
static json_t *page_sample(const struct memprof_sample *sample) {
  return json_pack(
      "[o o o o o]", page_number(sample->at_ns), page_number(sample->rss),
      page_number(sample->pss), page_number(sample->uss),
      sample->live == MEMPROF_UNKNOWN ? json_null()
                                      : json_integer(sample->live));
}

json_t *page_series(struct page *page) {
  const struct profile *profile = page->view->subject->profile;
  json_t *list = json_array();
  for (size_t i = 0; i < profile->series_count; i++) {
    const struct memprof_series *series = profile->series[i];
    const struct memprof_sample *samples = (const void *)(series + 1);
    json_t *values = json_array();
    for (uint32_t k = 0; k < series->count; k++)
      json_array_append_new(values, page_sample(&samples[k]));
    json_array_append_new(
        list, json_pack("{si si so so so so}", "pid", (int)series->pid,
                        "parent", (int)series->parent, "command",
                        page_text(page, profile_text(profile, series->command)),
                        "started_ticks", page_number(series->started_ticks),
                        "interval_ns", page_number(series->interval_ns),
                        "samples", values));
  }
  return list;
}

/* ---- Calls over time ---- */

enum { MOST_SPANS = 2000 }; /* in a page: the longest ones */

static uint64_t length_of(const struct memprof_span *span) {
  return span->end_ns > span->start_ns ? span->end_ns - span->start_ns : 0;
}

static int by_length(const void *a, const void *b) {
  const struct memprof_span *left = *(const struct memprof_span *const *)a;
  const struct memprof_span *right = *(const struct memprof_span *const *)b;
  uint64_t x = length_of(left), y = length_of(right);
  if (x == y)
    return (left->number > right->number) - (left->number < right->number);
  return x < y ? 1 : -1;
}

static size_t list_spans(const struct profile *profile,
                         const struct memprof_span **list) {
  size_t count = 0;
  for (size_t i = 0; i < profile->spans_count; i++) {
    const struct memprof_spans *spans = profile->spans[i];
    const struct memprof_span *span = (const void *)(spans + 1);
    for (uint32_t k = 0; k < spans->count; k++)
      if (span[k].number && span[k].function &&
          span[k].function <= profile->function_count) {
        if (list)
          list[count] = &span[k];
        count++;
      }
  }
  return count;
}

static json_t *page_span(struct page *page, const struct profile *profile,
                         const struct memprof_span *span) {
  const struct memprof_abi_record *record =
      memprof_function_record(profile->functions[span->function - 1]);
  return json_pack("[o o o o o]",
                   page_text(page, (const char *)record + record->name),
                   page_number(span->start_ns), page_number(span->end_ns),
                   page_number(span->peak),
                   page_number(profile_thread(profile, span->thread)));
}

/* {"started_ticks", "count", "list": [name, start_ns, end_ns, peak, thread]} */
json_t *page_spans(struct page *page) {
  const struct profile *profile = page->view->subject->profile;
  size_t count = list_spans(profile, NULL);
  const struct memprof_span **list =
      scratch_alloc(page->view->subject->scratch, count + 1, sizeof(void *));
  if (!list)
    return NULL;
  list_spans(profile, list);
  qsort(list, count, sizeof(void *), by_length);
  json_t *values = json_array();
  for (size_t i = 0; i < count && i < MOST_SPANS; i++)
    json_array_append_new(values, page_span(page, profile, list[i]));
  return json_pack("{so so so}", "started_ticks",
                   page_number(profile->header->started_ticks), "count",
                   page_number(count), "list", values);
}

/* ---- Limits ---- */

static json_t *page_limit(struct page *page, const struct verdict *verdict) {
  const struct memprof_limit *limit = verdict->limit;
  return json_pack(
      "{so so sb so so ss so so so so so so so}", "function",
      page_text(page, verdict->rows ? verdict->rows->name : NULL), "metric",
      page_text(page, verdict->metric), "is_size", verdict->is_size, "origin",
      page_text(page, verdict->origin), "where",
      page_text(page, verdict->where), "verdict", verdict_words[verdict->state],
      "floor", page_number(limit->floor), "ceiling",
      limit->ceiling == UINT64_MAX ? json_null() : page_number(limit->ceiling),
      "checks", page_number(limit->checks), "violations",
      page_number(limit->violations), "worst", page_number(limit->worst),
      "worst_call", page_number(limit->worst_call), "test",
      page_text(page, verdict->test));
}

json_t *page_limits(struct page *page, const struct verdicts *verdicts) {
  json_t *list = json_array();
  for (size_t i = 0; i < verdicts->count; i++)
    json_array_append_new(list, page_limit(page, &verdicts->list[i]));
  return list;
}

/* ---- Tests ---- */

/* Each test, then the functions that ran in it: [test, signature or null, calls,
 * allocs, bytes, peak of the largest call, kept] */
json_t *page_tests(struct page *page, const struct items *tests) {
  json_t *list = json_array();
  for (size_t i = 0; i < tests->count && tests->items[i].group; i++) {
    const struct item *item = &tests->items[i];
    const struct row *row = item->row;
    const uint64_t numbers[] = {row->occurrences, row->allocs, row->bytes,
                                row->peak, row->kept};
    json_t *one = json_array();
    json_array_append_new(one, page_text(page, item->group));
    json_array_append_new(one, page_text(page, item->function));
    for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++)
      json_array_append_new(one, page_number(numbers[n]));
    json_array_append_new(list, one);
  }
  return list;
}
