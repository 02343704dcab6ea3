/* watched.c - a look at a profile that is still written. */
#include "common/printable.h"
#include "tool.h"
#include "watch.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { WATCH_IS_COUNT = false, WATCH_IS_SIZE = true, CELL = 13, NAME_MIN = 12 };

static const struct {
  const char *name, *heading;
  bool is_size;
} columns[WATCH_COLUMN_COUNT] = {
#define COLUMN(NAME, HEADING, TYPE) {#NAME, HEADING, WATCH_IS_##TYPE},
    WATCH_COLUMNS(COLUMN)
#undef COLUMN
};

/* ---- Reading ---- */

static enum watch_column sorted_by; /* qsort has no place for it */

static int compare_rows(const void *a, const void *b) {
  const struct watched_row *left = a, *right = b;
  uint64_t l = left->values[sorted_by], r = right->values[sorted_by];
  return l != r ? (l < r) - (l > r) : strcmp(left->name, right->name);
}

static void add_row(struct watched *watched,
                    const struct function_rows *function) {
  watched->rows[watched->count++] = (struct watched_row){
      .name = function->name,
      .values = {[WATCH_calls] = function->calls,
                 [WATCH_allocs] = function->allocs,
                 [WATCH_bytes] = function->bytes,
                 [WATCH_peak] = function->per_call[MEMPROF_CALL_peak].max,
                 [WATCH_kept] = function->kept},
  };
}

bool watched_read(struct watched *watched, const char *path,
                  enum watch_column sort) {
  struct report report;
  *watched = (struct watched){.sort = sort};
  if (!input_open(&watched->input, path))
    return false;
  struct scratch *scratch = &watched->input.scratch;
  watched->state = input_state(&watched->input);
  if (!report_build(&report, &watched->input.profile, false, scratch) ||
      !(watched->rows = scratch_alloc(scratch, report.function_count + 1,
                                      sizeof *watched->rows))) {
    watched_release(watched);
    return error("out of memory for the tables of '%s'", path);
  }
  for (size_t i = 0; i < report.function_count; i++)
    if (function_is_measured(&report.functions[i]))
      add_row(watched, &report.functions[i]);
  sorted_by = sort;
  qsort(watched->rows, watched->count, sizeof *watched->rows, compare_rows);
  return true;
}

void watched_release(struct watched *watched) { input_close(&watched->input); }

/* ---- Texts ---- */

static void size_text(char *out, size_t capacity, uint64_t bytes) {
  size_format(out, capacity, bytes > INT64_MAX ? INT64_MAX : (int64_t)bytes,
              SIZE_AUTO, bytes < 1024 ? 0 : 2);
}

void watched_title(const struct watched *watched, char *out, size_t capacity) {
  static const char *const states[] = {
      [INPUT_ENDED] = "has ended",
      [INPUT_RUNNING] = "is running",
      [INPUT_KILLED] = "is gone: killed, or replaced by another program",
      [INPUT_UNKNOWN] = "runs on another machine",
  };
  const struct memprof_header *header = watched->input.profile.header;
  char live[32], peak[32];
  size_text(live, sizeof live, (uint64_t)memprof_header_live(header));
  size_text(peak, sizeof peak, header->peak);
  snprintf(out, capacity, "process %" PRIu32 " %s: live %s, peak %s",
           header->pid, states[watched->state], live, peak);
}

/* A name in `width` places: what a terminal would obey is '?', what is too long
 * is cut. Characters of UTF-8 count as one place. */
static size_t put_name(char *out, size_t capacity, const char *name,
                       int width) {
  size_t used = 0, length = strlen(name);
  int places = 0;
  while (length && used + 5 < capacity) {
    size_t span = printable_span(name, length);
    bool is_start = (*name & 0xC0) != 0x80;
    if (is_start && places == width)
      break;
    places += is_start || !span;
    out[used++] = span ? *name : '?';
    name++;
    length--;
  }
  for (; places < width && used + 1 < capacity; places++)
    out[used++] = ' ';
  out[used] = '\0';
  return used;
}

void watched_line(const struct watched *watched, const struct watched_row *row,
                  int width, char *out, size_t capacity) {
  int name = width - CELL * WATCH_COLUMN_COUNT;
  size_t used = put_name(out, capacity, row ? row->name : "Function",
                         name < NAME_MIN ? NAME_MIN : name);
  for (enum watch_column c = 0; c < WATCH_COLUMN_COUNT; c++) {
    char cell[40];
    if (!row)
      snprintf(cell, sizeof cell, "%s%s", c == watched->sort ? "*" : "",
               columns[c].heading);
    else if (columns[c].is_size)
      size_text(cell, sizeof cell, row->values[c]);
    else
      snprintf(cell, sizeof cell, "%" PRIu64, row->values[c]);
    used += (size_t)snprintf(out + used, capacity - used, "%*s", CELL, cell);
    if (used >= capacity)
      return;
  }
}

void watched_print(const struct watched *watched, FILE *to) {
  char text[1024];
  watched_title(watched, text, sizeof text);
  fprintf(to, "%s\n\n", text);
  for (size_t i = 0; i <= watched->count; i++) {
    watched_line(watched, i ? &watched->rows[i - 1] : NULL, 100, text,
                 sizeof text);
    fprintf(to, "%s\n", text);
  }
}
