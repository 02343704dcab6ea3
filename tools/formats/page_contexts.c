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

static void append_measures(json_t *array, const struct measures *measures) {
  for (size_t i = 0; i < MEASURE_COUNT; i++)
    json_array_append_new(array, page_number(measures->values[i]));
}

/* [function, parent or -1, line of the call, calls, measures without callees,
 * [line, measures]...] */
static json_t *page_context(const struct subject *subject,
                            const struct context *context,
                            const struct measures *total) {
  const struct contexts *contexts = &subject->contexts;
  const struct row *rows = subject->report.functions[context->function].rows;
  bool is_called = context->parent != CONTEXT_NONE;
  struct measures own = {0};
  json_t *lines = json_array(), *value = json_array();
  for (uint32_t i = 0; i < context->line_count; i++) {
    const struct context_line *line = &contexts->lines[context->first_line + i];
    struct measures measures = {0};
    add(&own, line);
    add(&measures, line);
    if (!is_visible(&measures, total))
      continue;
    json_t *part = json_array();
    json_array_append_new(part, json_integer(rows[line->row].line));
    append_measures(part, &measures);
    json_array_append_new(lines, part);
  }
  json_array_append_new(value, json_integer(context->function));
  json_array_append_new(
      value, json_integer(is_called ? (json_int_t)context->parent : -1));
  json_array_append_new(value,
                        json_integer(context_call_line(subject, context)));
  json_array_append_new(value, page_number(context->calls));
  append_measures(value, &own);
  json_array_extend(value, lines);
  json_decref(lines);
  return value;
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

json_t *page_contexts(struct page *page) {
  const struct subject *subject = page->view->subject;
  const struct contexts *contexts = &subject->contexts;
  struct measures total = {0};
  json_t *list = json_array(), *measures = json_array();
  for (size_t i = 0; i < contexts->line_count; i++)
    add(&total, &contexts->lines[i]);
  for (size_t i = 0; i < contexts->count; i++)
    json_array_append_new(
        list, page_context(subject, &contexts->contexts[i], &total));
#define NAME(FIELD) json_array_append_new(measures, json_string(#FIELD));
  MEASURES(NAME)
#undef NAME
  return json_pack("{so so so}", "measures", measures, "functions",
                   page_names(page), "list", list);
}
