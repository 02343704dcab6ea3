/* render_compare_json.c - two runs side by side, for programs: all functions,
 * and the lines that differ. */
#define _GNU_SOURCE
#include "baseline.h"
#include "render_compare.h"
#include "texts.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* An object without memory stays NULL, and so does all that it is put into:
 * jansson's functions pass that on. */
static json_t *text(const char *value) {
  struct texts texts = {0};
  json_t *string = value
                       ? json_string(texts_clean(&texts, value, strlen(value)))
                       : json_null();
  texts_release(&texts);
  return string;
}

static json_t *number(uint64_t value) {
  return value == METRIC_NONE
             ? json_null()
             : json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

static json_t *line_number(unsigned line) {
  return line ? json_integer(line) : json_null();
}

static uint64_t value_of(const struct snapshot_function *function,
                         enum metric metric) {
  return function ? function->values[metric] : METRIC_NONE;
}

static json_t *metrics(const struct compared *compared) {
  json_t *all = json_object();
  for (enum metric m = 0; m < METRIC_COUNT; m++) {
    uint64_t before = value_of(compared->pair->before, m);
    uint64_t after = value_of(compared->pair->after, m);
    if (before == METRIC_NONE && after == METRIC_NONE)
      continue;
    json_t *one = json_object();
    json_object_set_new(one, "before", number(before));
    json_object_set_new(one, "after", number(after));
    if (compared->is_judged[m])
      json_object_set_new(one, "allowed", number(compared->allowed[m]));
    json_object_set_new(one, "change",
                        text(change_names[compared->metrics[m]]));
    json_object_set_new(all, metric_names[m], one);
  }
  return all;
}

static json_t *line(const struct compared *compared,
                    const struct line_pair *pair) {
  const struct snapshot_line *one = pair->after ? pair->after : pair->before;
  json_t *object = json_object();
  json_object_set_new(
      object, "file",
      text(one->file ? one->file : compared_function(compared)->file));
  json_object_set_new(object, "before",
                      line_number(pair->before ? pair->before->line : 0));
  json_object_set_new(object, "after",
                      line_number(pair->after ? pair->after->line : 0));
  json_object_set_new(object, "source", text(one->text));
  for (enum metric m = METRIC_calls + 1; m < METRIC_COUNT; m++)
    json_object_set_new(object, metric_names[m],
                        json_pack("[o, o]", number(line_value(pair->before, m)),
                                  number(line_value(pair->after, m))));
  return object;
}

static json_t *lines(const struct compared *compared) {
  const struct function_pair *pair = compared->pair;
  json_t *array = json_array();
  for (size_t i = 0; i < pair->line_count && pair->are_lines_known; i++)
    if (line_pair_differs(&pair->lines[i]))
      json_array_append_new(array, line(compared, &pair->lines[i]));
  return array;
}

static json_t *function(const struct compared *compared) {
  const struct snapshot_function *one = compared_function(compared);
  json_t *object = json_object();
  json_object_set_new(object, "name", text(one->signature));
  json_object_set_new(object, "file",
                      *one->file ? text(one->file) : json_null());
  json_object_set_new(object, "line", line_number(one->line));
  json_object_set_new(object, "change", text(change_names[compared->change]));
  json_object_set_new(object, "metrics", metrics(compared));
  json_object_set_new(object, "lines", lines(compared));
  return object;
}

static json_t *loose_limit(const struct loose_limit *limit) {
  json_t *object = json_object();
  json_object_set_new(object, "name", text(limit->function));
  json_object_set_new(object, "metric", text(limit->metric));
  json_object_set_new(object, "ceiling", number(limit->ceiling));
  json_object_set_new(object, "worst", number(limit->worst));
  json_object_set_new(object, "where", text(limit->where));
  return object;
}

void compare_json(const struct comparison *comparison, FILE *to) {
  json_t *root = json_object(), *changes = json_object();
  json_t *functions = json_array(), *loose = json_array();
  for (enum change c = 0; c < CHANGE_COUNT; c++)
    json_object_set_new(changes, change_names[c],
                        json_integer((json_int_t)comparison->changes[c]));
  for (size_t i = 0; i < comparison->count; i++)
    json_array_append_new(functions, function(&comparison->functions[i]));
  for (size_t i = 0; i < comparison->loose_count; i++)
    json_array_append_new(loose, loose_limit(&comparison->loose[i]));
  json_object_set_new(root, "memprof", json_integer(1));
  json_object_set_new(root, "before", text(comparison->before));
  json_object_set_new(root, "after", text(comparison->after));
  json_object_set_new(root, "changes", changes);
  json_object_set_new(root, "functions", functions);
  json_object_set_new(root, "loose_limits", loose);
  json_dumpf(root, to, JSON_INDENT(1));
  fputc('\n', to);
  json_decref(root);
}
