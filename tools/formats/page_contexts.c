/* page_contexts.c - a page's flame graph: contexts, and the lines in them that
 * are wide enough to be seen. */
#include "page.h"

/* What a frame's width may stand for, in this order in the arrays.
 *
 * X(field): of struct context_line. */
#define MEASURES(X) X(bytes) X(allocs) X(kept) X(at_peak)
#define ENUM_MEASURE(FIELD) MEASURE_##FIELD,
enum { MEASURES(ENUM_MEASURE) MEASURE_COUNT };
#undef ENUM_MEASURE

/* A line below this part of the total in each measure is not told apart from
 * the rest of its function: no screen has the pixel for it. */
enum { SMALLEST_PART = 4000 };

struct measures {
  uint64_t values[MEASURE_COUNT];
};

static void add(struct measures *to, const struct context_line *line) {
#define ADD(FIELD) to->values[MEASURE_##FIELD] += line->FIELD;
  MEASURES(ADD)
#undef ADD
}

static bool is_visible(const struct measures *line,
                       const struct measures *total) {
  for (size_t i = 0; i < MEASURE_COUNT; i++)
    if (line->values[i] && line->values[i] >= total->values[i] / SMALLEST_PART)
      return true;
  return false;
}

static void put_measures(struct page *page, const struct measures *measures) {
  for (size_t i = 0; i < MEASURE_COUNT; i++)
    page_put_counter(page, ',', measures->values[i]);
}

/* [function, parent or -1, line of the call, calls, measures without callees,
 * [line, measures]...] */
static void put_context(struct page *page, const struct context *context,
                        const struct measures *total) {
  const struct subject *subject = page->view->subject;
  const struct context_line *lines =
      &subject->contexts.lines[context->first_line];
  const struct row *rows = subject->report.functions[context->function].rows;
  bool is_called = context->parent != CONTEXT_NONE;
  struct measures own = {0};
  for (uint32_t i = 0; i < context->line_count; i++)
    add(&own, &lines[i]);
  page_put_number(page, '[', context->function);
  page_put_number(page, ',', is_called ? (int64_t)context->parent : -1);
  page_put_number(page, ',', context_call_line(subject, context));
  page_put_counter(page, ',', context->calls);
  put_measures(page, &own);
  for (uint32_t i = 0; i < context->line_count; i++) {
    struct measures measures = {0};
    add(&measures, &lines[i]);
    if (!is_visible(&measures, total))
      continue;
    page_put_text(page, ",");
    page_put_number(page, '[', rows[lines[i].row].line);
    put_measures(page, &measures);
    page_put_text(page, "]");
  }
  page_put_text(page, "]");
}

/* The functions of contexts are those of the whole report, by index. */
static json_t *page_names(struct page *page) {
  const struct report *report = &page->view->subject->report;
  json_t *names = json_array();
  for (size_t i = 0; i < report->function_count; i++) {
    const struct function_rows *function = &report->functions[i];
    const char *file =
        function->file_count ? function->files[function->rows->file].name : "";
    json_t *name = json_array();
    json_array_append_new(name, page_text(page, function->name));
    json_array_append_new(name, page_text(page, file));
    json_array_append_new(names, name);
  }
  return names;
}

bool page_put_contexts(struct page *page, const char *before) {
  const struct contexts *contexts = &page->view->subject->contexts;
  struct measures total = {0};
  json_t *measures = json_array();
#define NAME(FIELD) json_array_append_new(measures, json_string(#FIELD));
  MEASURES(NAME)
#undef NAME
  if (!page_put_open(page, before,
                     json_pack("{so so}", "measures", measures, "functions",
                               page_names(page))))
    return false;
  for (size_t i = 0; i < contexts->line_count; i++)
    add(&total, &contexts->lines[i]);
  page_put_text(page, ",\"list\":[");
  for (size_t i = 0; i < contexts->count; i++) {
    page_put_text(page, i ? "," : "");
    put_context(page, &contexts->contexts[i], &total);
  }
  page_put_text(page, "]}");
  return true;
}
