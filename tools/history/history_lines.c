/* history_lines.c - a history as JSON lines: one run a line, for other machines
 * and other databases. */
#define _GNU_SOURCE
#include "history.h"
#include "texts.h"
#include "tool.h"
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT_VERSION 1

/* ---- Out ---- */

static json_t *text(struct texts *texts, const char *bytes) {
  return json_string(texts_clean(texts, bytes, strlen(bytes)));
}

static json_t *function_json(struct texts *texts,
                             const struct snapshot_function *function) {
  json_t *object = json_object();
  json_object_set_new(object, "file", text(texts, function->file));
  json_object_set_new(object, "signature", text(texts, function->signature));
  json_object_set_new(object, "line", json_integer(function->line));
  for (unsigned m = 0; m < METRIC_COUNT; m++)
    if (function->values[m] != METRIC_NONE)
      json_object_set_new(object, metric_names[m],
                          json_integer((json_int_t)function->values[m]));
  return object;
}

static bool export_run(struct history *history, const struct history_run *run,
                       struct texts *texts, FILE *to) {
  struct scratch scratch = {0};
  struct snapshot snapshot;
  bool is_read = history_snapshot(history, run, &snapshot, &scratch);
  json_t *object = json_object(), *functions = json_array();
  json_object_set_new(object, "memprof_history", json_integer(FORMAT_VERSION));
  json_object_set_new(object, "time", json_integer(run->time));
#define SET(FIELD, HELP)                                                       \
  json_object_set_new(object, #FIELD, text(texts, run->FIELD));
  HISTORY_TEXTS(SET)
#undef SET
  for (size_t i = 0; is_read && i < snapshot.count; i++)
    json_array_append_new(functions,
                          function_json(texts, &snapshot.functions[i]));
  json_object_set_new(object, "functions", functions);
  if (is_read && json_dumpf(object, to, JSON_COMPACT) == 0)
    fputc('\n', to);
  else if (is_read && !ferror(to))
    is_read = error("out of memory");
  json_decref(object);
  scratch_release(&scratch);
  return is_read;
}

bool history_export(struct history *history, const struct history_range *range,
                    FILE *to) {
  struct scratch scratch = {0};
  struct texts texts = {0};
  struct history_runs runs;
  bool is_done = history_runs(history, range, &runs, &scratch);
  for (size_t i = 0; is_done && i < runs.count; i++)
    is_done = export_run(history, &runs.runs[i], &texts, to);
  texts_release(&texts);
  scratch_release(&scratch);
  return is_done;
}

/* ---- In ---- */

static const char *member_text(const json_t *object, const char *key) {
  const char *value = json_string_value(json_object_get(object, key));
  return value ? value : "";
}

static bool read_function(struct snapshot_function *function,
                          const json_t *object) {
  if (!json_is_object(object) || !*member_text(object, "signature"))
    return false;
  function->file = member_text(object, "file");
  function->signature = member_text(object, "signature");
  function->line =
      (unsigned)json_integer_value(json_object_get(object, "line"));
  for (unsigned m = 0; m < METRIC_COUNT; m++) {
    const json_t *value = json_object_get(object, metric_names[m]);
    json_int_t number = json_integer_value(value);
    if (value && (!json_is_integer(value) || number < 0))
      return false;
    function->values[m] = value ? (uint64_t)number : METRIC_NONE;
  }
  return true;
}

static bool read_run(const json_t *object, struct history_run *run,
                     struct snapshot *snapshot, struct scratch *scratch) {
  const json_t *functions = json_object_get(object, "functions");
  if (json_integer_value(json_object_get(object, "memprof_history")) !=
          FORMAT_VERSION ||
      !json_is_array(functions) || !*member_text(object, "uuid") ||
      !*member_text(object, "commit"))
    return false;
  *run = (struct history_run){
      .time = json_integer_value(json_object_get(object, "time"))};
#define READ(FIELD, HELP) run->FIELD = member_text(object, #FIELD);
  HISTORY_TEXTS(READ)
#undef READ
  size_t count = json_array_size(functions);
  *snapshot = (struct snapshot){
      .functions = scratch_alloc(scratch, count, sizeof *snapshot->functions),
      .count = count};
  for (size_t i = 0; snapshot->functions && i < count; i++)
    if (!read_function(&snapshot->functions[i], json_array_get(functions, i)))
      return false;
  return snapshot->functions != NULL;
}

static bool import_line(struct history *history, const char *line, size_t size,
                        bool *is_new) {
  struct scratch scratch = {0};
  struct history_run run;
  struct snapshot snapshot;
  json_t *object = json_loadb(line, size, 0, NULL);
  bool is_read = object && read_run(object, &run, &snapshot, &scratch);
  bool is_added = is_read && history_add(history, &run, &snapshot, is_new);
  json_decref(object);
  scratch_release(&scratch);
  return is_added || (!is_read && error("no run of a history"));
}

bool history_import(struct history *history, const char *path, size_t *added,
                    size_t *known) {
  char *line = NULL;
  size_t room = 0, number = 0;
  ssize_t length;
  bool is_done = true;
  FILE *from = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
  if (!from)
    return error("cannot read '%s': %s", path, strerror(errno));
  errno = 0;
  while (is_done && (length = getline(&line, &room, from)) > 0) {
    bool is_new = false;
    number++;
    is_done = import_line(history, line, (size_t)length, &is_new) ||
              error("%s:%zu: not imported, nor is what follows", path, number);
    *added += is_done && is_new;
    *known += is_done && !is_new;
  }
  if (is_done && ferror(from))
    is_done = error("cannot read '%s': %s", path, strerror(errno));
  free(line);
  if (from != stdin)
    fclose(from);
  return is_done;
}
