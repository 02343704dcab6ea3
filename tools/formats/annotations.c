/* annotations.c - limits and large lines to annotations. */
#define _GNU_SOURCE
#include "annotations.h"
#include "report/path.h"
#include "tool.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LARGEST = 3, SHOWN = 5 };

/* ---- Making one ---- */

/* The path below the current directory, or as it was compiled. */
static const char *path_of(const struct view *view,
                           const struct source_file *file) {
  char *here = getcwd(NULL, 0);
  const char *path = path_make(file->directory ? file->directory : "",
                               file->name, view->subject->scratch);
  size_t length = here ? strlen(here) : 0;
  bool is_below =
      path && length && strncmp(path, here, length) == 0 && path[length] == '/';
  free(here);
  return is_below ? path + length + 1 : file->name;
}

static bool add(struct annotations *annotations, const struct view *view,
                enum severity severity, const struct function_rows *rows,
                const struct row *row, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
static bool add(struct annotations *annotations, const struct view *view,
                enum severity severity, const struct function_rows *rows,
                const struct row *row, const char *format, ...) {
  struct scratch *scratch = view->subject->scratch;
  char *message = NULL;
  va_list arguments;
  if (annotations->count == annotations->capacity) {
    size_t capacity = annotations->capacity ? annotations->capacity * 2 : 16;
    struct annotation *list = scratch_alloc(scratch, capacity, sizeof *list);
    if (!list)
      return error("out of memory");
    if (annotations->count)
      memcpy(list, annotations->list, annotations->count * sizeof *list);
    annotations->list = list;
    annotations->capacity = capacity;
  }
  va_start(arguments, format);
  int length = vasprintf(&message, format, arguments);
  va_end(arguments);
  char *kept =
      length < 0 ? NULL : scratch_alloc(scratch, (size_t)length + 1, 1);
  if (kept)
    memcpy(kept, message, (size_t)length + 1);
  if (length >= 0)
    free(message);
  if (!kept)
    return error("out of memory");
  bool has_place = rows && rows->file_count;
  annotations->list[annotations->count++] = (struct annotation){
      .severity = severity,
      .path = has_place ? path_of(view, &rows->files[row->file]) : NULL,
      .line = row ? row->line : 0,
      .message = kept};
  return true;
}

/* ---- The largest lines ---- */

struct place {
  const struct function_rows *rows;
  const struct row *row;
  uint64_t value;
};

/* Keeps the largest, in order; of equals the first. */
static void keep_largest(struct place *places, size_t *count, size_t most,
                         const struct place *place) {
  size_t at = *count;
  if (!place->value)
    return;
  while (at > 0 && places[at - 1].value < place->value)
    at--;
  if (at == most)
    return;
  if (*count < most)
    ++*count;
  memmove(&places[at + 1], &places[at], (*count - at - 1) * sizeof *places);
  places[at] = *place;
}

/* Where the values of a limit's metric stand. */
static enum column_id column_of(const struct verdict *verdict) {
  const char *metric = verdict->metric;
  for (unsigned id = 0; id < COLUMN_COUNT; id++)
    if (strcmp(columns[id].id, metric) == 0)
      return (enum column_id)id;
  return COLUMN_kept; /* leaked */
}

static uint64_t part_of(const struct verdict *verdict, const struct row *row) {
  return verdict->rows ? (uint64_t)column_value(column_of(verdict), row)
                       : row->own_at_peak;
}

/* Of the function that broke its limit; of all when it was the process. */
static size_t find_lines(const struct view *view, const struct verdict *verdict,
                         struct place *places) {
  const struct report *report = &view->subject->report;
  size_t count = 0;
  for (size_t i = 0; i < report->function_count; i++) {
    const struct function_rows *rows = &report->functions[i];
    if (verdict->rows && rows != verdict->rows)
      continue;
    for (size_t r = 0; r < rows->row_count; r++)
      keep_largest(places, &count, LARGEST,
                   &(struct place){rows, &rows->rows[r],
                                   part_of(verdict, &rows->rows[r])});
  }
  return count;
}

static const char *bytes_or_not(bool is_size, uint64_t value) {
  return !is_size ? "" : value == 1 ? " byte" : " bytes";
}

bool annotations_of_verdict(struct annotations *annotations,
                            const struct view *view,
                            const struct verdict *verdict) {
  struct place places[LARGEST + 1];
  char what[256];
  const struct function_rows *rows = verdict->rows;
  verdict_text(verdict, what, sizeof what);
  if (!add(annotations, view, ANNOTATION_ERROR, rows,
           rows ? &rows->rows[0] : NULL, "%s: %s [%s%s%s]",
           rows ? rows->signature : "the process", what,
           verdict->where ? verdict->where : "",
           verdict->where && verdict->origin ? ", " : "",
           verdict->origin ? verdict->origin : ""))
    return false;
  size_t count = find_lines(view, verdict, places);
  for (size_t i = 0; i < count; i++)
    if (!add(annotations, view, ANNOTATION_NOTE, places[i].rows, places[i].row,
             "%s: %s of %" PRIu64 "%s on this line", places[i].rows->signature,
             rows ? columns[column_of(verdict)].id : "part of the peak",
             places[i].value, bytes_or_not(verdict->is_size, places[i].value)))
      return false;
  return true;
}

static bool add_verdict(struct annotations *annotations,
                        const struct view *view,
                        const struct verdict *verdict) {
  char what[256];
  const struct function_rows *rows = verdict->rows;
  switch (verdict->state) {
  case VERDICT_BROKEN:
    return annotations_of_verdict(annotations, view, verdict);
  case VERDICT_UNCHECKED:
    verdict_text(verdict, what, sizeof what);
    return add(annotations, view, ANNOTATION_WARNING, rows,
               rows ? &rows->rows[0] : NULL, "%s: %s",
               rows ? rows->signature : "the process", what);
  default:
    return true;
  }
}

/* Without callees: a line that just calls another is not where it happens. */
static bool add_largest(struct annotations *annotations,
                        const struct view *view) {
  size_t most = view->style.top ? view->style.top : SHOWN, count = 0;
  struct place *places =
      scratch_alloc(view->subject->scratch, most + 1, sizeof *places);
  if (!places)
    return error("out of memory");
  for (size_t i = 0; i < view->report->function_count; i++) {
    const struct function_rows *rows = &view->report->functions[i];
    for (size_t r = 0; r < rows->row_count; r++)
      keep_largest(
          places, &count, most,
          &(struct place){rows, &rows->rows[r], rows->rows[r].own_bytes});
  }
  for (size_t i = 0; i < count; i++) {
    const struct row *row = places[i].row;
    if (!add(annotations, view, ANNOTATION_NOTE, places[i].rows, row,
             "%s: %" PRIu64 "%s in %" PRIu64 " allocation%s, peak %" PRIu64
             ", kept %" PRIu64,
             places[i].rows->signature, row->own_bytes,
             bytes_or_not(true, row->own_bytes), row->own_allocs,
             row->own_allocs == 1 ? "" : "s", row->peak, row->own_kept))
      return false;
  }
  return true;
}

bool annotations_list(struct annotations *annotations,
                      const struct view *view) {
  struct verdicts verdicts;
  *annotations = (struct annotations){0};
  if (!verdicts_list(&verdicts, view))
    return false;
  for (size_t i = 0; i < verdicts.count; i++)
    if (!add_verdict(annotations, view, &verdicts.list[i]))
      return false;
  return add_largest(annotations, view);
}
