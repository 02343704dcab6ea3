/* doc_process.c - of a report in JSON: the process, and what it took over time.
 */
#define _GNU_SOURCE
#include "doc.h"
#include <inttypes.h>

/* ---- The process ---- */

static const char *end_word(uint32_t end) {
  return end == MEMPROF_END_EXIT     ? "exit"
         : end == MEMPROF_END_SIGNAL ? "signal"
                                     : NULL;
}

static void set_process(struct doc *doc, json_t *meta,
                        const struct memprof_header *header) {
  char run[32];
  snprintf(run, sizeof run, "%016" PRIx64, header->run);
  doc_set(doc, meta, "pid", doc_number(header->pid));
  doc_set(doc, meta, "parent", doc_number(header->parent));
  doc_set(doc, meta, "run", json_string(run));
  doc_set(doc, meta, "started", doc_instant(header->started_ns));
  doc_set(doc, meta, "started_ns", doc_number(header->started_ns));
  doc_set(doc, meta, "ended", doc_instant(header->ended_ns));
  doc_set(doc, meta, "ended_ns", doc_number(header->ended_ns));
  doc_set(doc, meta, "end", doc_text(doc, end_word(header->end)));
  doc_set(doc, meta, "status",
          header->end == MEMPROF_END_UNKNOWN ? json_null()
                                             : doc_number(header->status));
}

static void set_facts(struct doc *doc, json_t *meta,
                      const struct profile *profile, size_t from, size_t to) {
  for (size_t i = from; i < to; i++)
    switch (profile->metas[i]->key) {
#define FACT(KEY, NUMBER, HELP)                                                \
  case NUMBER:                                                                 \
    doc_set(doc, meta, #KEY, doc_text(doc, profile->metas[i]->text));          \
    break;
      MEMPROF_META(FACT)
#undef FACT
    default: /* of a later version */
      break;
    }
}

/* Each part of a sum, from its source on. */
static json_t *parts(struct doc *doc, const struct profile *profile) {
  json_t *list = json_array();
  for (size_t i = 0, end; i < profile->meta_count; i = end) {
    for (end = i + 1; end < profile->meta_count &&
                      profile->metas[end]->key != MEMPROF_META_source;)
      end++;
    json_t *part = json_object();
    set_facts(doc, part, profile, i, end);
    doc_append(doc, list, part);
  }
  return list;
}

static json_t *units(struct doc *doc, const struct profile *profile) {
  json_t *list = json_array();
  for (size_t i = 0; i < profile->unit_count; i++) {
    const struct memprof_abi_unit *about =
        memprof_unit_description(profile->units[i]);
    json_t *unit = json_object();
    doc_set(doc, unit, "module",
            doc_text(doc, profile_unit_module(profile, profile->units[i])));
#define SET(FIELD)                                                             \
  doc_set(doc, unit, #FIELD,                                                   \
          doc_text(doc,                                                        \
                   about->FIELD ? (const char *)about + about->FIELD : NULL));
    SET(source)
    SET(compiler)
    SET(level)
    SET(llvm)
    SET(revision)
#undef SET
    doc_append(doc, list, unit);
  }
  return list;
}

void doc_print_meta(struct doc *doc) {
  const struct profile *profile = doc->view->subject->profile;
  const struct memprof_header *header = profile->header;
  json_t *meta = json_object();
  doc_set(doc, meta, "merged", doc_number(header->merged));
  if (!header->merged) {
    set_process(doc, meta, header);
    set_facts(doc, meta, profile, 0, profile->meta_count);
  }
  doc_set(doc, meta, "scope",
          json_string(header->scope_process ? "process" : "profiled"));
  doc_set(doc, meta, "cut_off", json_boolean(profile->cut_off));
#define SET(FIELD) doc_set(doc, meta, #FIELD, doc_number(header->FIELD));
  MEMPROF_PROCESS_COUNTERS(SET)
#undef SET
  doc_set(doc, meta, "live", doc_number((uint64_t)memprof_header_live(header)));
  json_object_del(meta, "peak_epoch"); /* of use to the runtime alone */
  if (header->merged)
    doc_set(doc, meta, "parts", parts(doc, profile));
  doc_set(doc, meta, "units", units(doc, profile));
  doc_put_text(doc, "{\"memprof\":1,\n\"meta\":");
  doc_put_new(doc, meta);
}

/* ---- Over time ---- */

static json_t *samples(struct doc *doc, const struct memprof_series *series) {
  const struct memprof_sample *sample = (const void *)(series + 1);
  json_t *list = json_array();
  for (uint32_t i = 0; i < series->count; i++, sample++) {
    json_t *one = json_object();
    doc_set(doc, one, "at_ns", doc_number(sample->at_ns));
    doc_set(doc, one, "rss", doc_number(sample->rss));
    doc_set(doc, one, "pss", doc_number(sample->pss));
    doc_set(doc, one, "uss", doc_number(sample->uss));
    doc_set(doc, one, "live",
            sample->live == MEMPROF_UNKNOWN ? json_null()
                                            : json_integer(sample->live));
    doc_append(doc, list, one);
  }
  return list;
}

void doc_print_series(struct doc *doc) {
  const struct profile *profile = doc->view->subject->profile;
  doc_begin_list(doc, "series");
  for (size_t i = 0; i < profile->series_count; i++) {
    const struct memprof_series *series = profile->series[i];
    json_t *one = json_object();
    doc_set(doc, one, "pid", doc_number(series->pid));
    doc_set(doc, one, "parent", doc_number(series->parent));
    doc_set(doc, one, "command",
            doc_text(doc, profile_text(profile, series->command)));
    doc_set(doc, one, "started", doc_instant(series->started_ns));
    doc_set(doc, one, "started_ns", doc_number(series->started_ns));
    doc_set(doc, one, "started_ticks", doc_number(series->started_ticks));
    doc_set(doc, one, "interval_ns", doc_number(series->interval_ns));
    doc_set(doc, one, "samples", samples(doc, series));
    doc_add(doc, one);
  }
  doc_end_list(doc);
}
