/* views_functions.c - functions, and what they are made of, as lists: by
 * function, line, thread and process. */
#define _GNU_SOURCE
#include "views_list.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- By function, line, thread ---- */

/* What its lines add up to. */
static void sum_function(struct row *sum, const struct function_rows *rows) {
  *sum = (struct row){.occurrences = rows->calls,
                      .peak = rows->per_call[MEMPROF_CALL_peak].max,
                      .mem_usage = rows->rows[0].mem_usage};
  for (size_t i = 0; i < rows->row_count; i++) {
    const struct row *row = &rows->rows[i];
#define ADD(FIELD) sum->FIELD += row->FIELD;
#define ADD_COLUMN(ID, HEADING, TYPE, SHOWN)                                   \
  if (COLUMN_##ID != COLUMN_mem_usage && COLUMN_##ID != COLUMN_occurrences &&  \
      COLUMN_##ID != COLUMN_peak)                                              \
  ADD(ID)
    MEMPROF_COLUMNS(ADD_COLUMN)
#undef ADD_COLUMN
#undef ADD
  }
}

static const char *thread_text(struct scratch *scratch,
                               const struct function_rows *rows) {
  char text[64];
  size_t length =
      (size_t)snprintf(text, sizeof text, "thread %u", rows->thread);
  if (rows->followers)
    length += (size_t)snprintf(text + length, sizeof text - length,
                               " and %u after it", rows->followers);
  char *copy = scratch_alloc(scratch, length + 1, 1);
  return copy ? memcpy(copy, text, length + 1) : NULL;
}

static bool add_function(struct list *list, const struct function_rows *rows) {
  struct row *sum = scratch_alloc(list->scratch, 1, sizeof *sum);
  const char *group = rows->thread ? thread_text(list->scratch, rows) : NULL;
  if (!sum || !list_reserve(list, 1) || (rows->thread && !group))
    return false;
  sum_function(sum, rows);
  list_add(list, &(struct item){.group = group,
                                .function = rows->signature,
                                .file = row_file(rows, &rows->rows[0]),
                                .line = rows->rows[0].line,
                                .rows = rows,
                                .row = sum});
  return true;
}

static bool is_executed(const struct row *row) {
  return row->occurrences || row->has_event || row_is_changed(row);
}

static bool add_rows(struct list *list, const struct function_rows *rows) {
  if (!list_reserve(list, rows->row_count))
    return false;
  for (size_t i = 0; i < rows->row_count; i++)
    if (is_executed(&rows->rows[i]))
      list_add(list, &(struct item){.function = rows->signature,
                                    .file = row_file(rows, &rows->rows[i]),
                                    .line = rows->rows[i].line,
                                    .rows = rows,
                                    .row = &rows->rows[i]});
  return true;
}

static bool add_measured(struct list *list,
                         bool (*add)(struct list *list,
                                     const struct function_rows *rows)) {
  const struct report *report = list->view->report;
  for (size_t i = 0; i < report->function_count; i++)
    if ((function_is_measured(&report->functions[i]) ||
         (list->view->with_idle && !function_is_test(&report->functions[i]))) &&
        !add(list, &report->functions[i]))
      return false;
  return true;
}

bool list_functions(struct list *list) {
  return add_measured(list, add_function);
}

bool list_lines(struct list *list) { return add_measured(list, add_rows); }

/* ---- By process ---- */

static const char *copy_text(struct scratch *scratch, const char *text) {
  char *copy = scratch_alloc(scratch, strlen(text) + 1, 1);
  return copy ? strcpy(copy, text) : NULL;
}

/* "4711 ./tests --all" */
static const char *process_text(struct scratch *scratch,
                                const struct input *input) {
  const struct memprof_header *header = input->profile.header;
  const char *command = profile_meta(&input->profile, MEMPROF_META_command);
  const char *rest = header->merged ? input->path : command ? command : "";
  size_t size = strlen(rest) + 16;
  char *text = scratch_alloc(scratch, size, 1);
  if (text && header->merged)
    snprintf(text, size, "%s", rest);
  else if (text)
    snprintf(text, size, "%" PRIu32 " %s", header->pid, rest);
  return text;
}

/* Outlives the file. */
static bool add_of_process(struct list *list, const struct function_rows *rows,
                           const char *group) {
  struct row *sum = scratch_alloc(list->scratch, 1, sizeof *sum);
  struct source_file *file = scratch_alloc(list->scratch, 1, sizeof *file);
  const char *signature = copy_text(list->scratch, rows->signature);
  if (!sum || !file || !signature || !list_reserve(list, 1))
    return false;
  const struct source_file *from = row_file(rows, &rows->rows[0]);
  if (from) {
    file->name = copy_text(list->scratch, from->name);
    if (!file->name)
      return false;
  }
  sum_function(sum, rows);
  list_add(list, &(struct item){.group = group,
                                .function = signature,
                                .file = from ? file : NULL,
                                .line = rows->rows[0].line,
                                .row = sum});
  return true;
}

static bool add_process(struct list *list, const struct input *input,
                        const struct report *report) {
  const char *group = process_text(list->scratch, input);
  if (!group)
    return false;
  for (size_t i = 0; i < report->function_count; i++) {
    const struct function_rows *rows = &report->functions[i];
    if (function_is_measured(rows) && view_wants(list->view, rows) &&
        !add_of_process(list, rows, group))
      return false;
  }
  return true;
}

bool list_processes(struct list *list) {
  const struct subject *subject = list->view->subject;
  if (subject->path_count == 1) /* it is read already */
    return add_process(list, &subject->input, &subject->report);
  for (size_t i = 0; i < subject->path_count; i++) {
    struct input input;
    struct report report;
    if (!input_open(&input, subject->paths[i]))
      return false; /* it was there when the sum was made */
    bool is_added =
        report_build(&report, &input.profile, false, &input.scratch) &&
        add_process(list, &input, &report);
    input_close(&input);
    if (!is_added)
      return false;
  }
  return true;
}
