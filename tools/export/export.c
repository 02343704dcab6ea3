/* export.c - what the formats of `memprof export` share: places and texts. */
#include "export.h"
#include "report/path.h"
#include "tool.h"
#include <unistd.h>

#define ADDS_SUM true
#define ADDS_ROW false
#define IS_COUNT false
#define IS_SIZE true
#define METRIC(NAME, ADDS, TYPE, PPROF) {#NAME, PPROF, ADDS_##ADDS, IS_##TYPE},
const struct metric metrics[METRIC_COUNT] = {EXPORT_METRICS(METRIC)};

bool export_no_memory(const struct export *export) {
  return error("out of memory for the export of '%s'", export->subject->name);
}

/* ---- Texts ---- */

const char *export_text(const struct export *export, const char *text) {
  const char *copy = plot_name(export->subject->scratch, text);
  if (!copy)
    export_no_memory(export);
  return copy;
}

void print_json_part(const char *text, FILE *out) {
  for (; *text; text++) {
    if (*text == '"' || *text == '\\')
      putc('\\', out);
    putc(*text, out);
  }
}

void print_json_text(const char *text, FILE *out) {
  putc('"', out);
  print_json_part(text, out);
  putc('"', out);
}

const char *export_command(const struct export *export) {
  const char *command =
      profile_meta(export->subject->profile, MEMPROF_META_command);
  return export_text(export, command ? command : "");
}

uint64_t export_lasted_ns(const struct export *export) {
  const struct memprof_header *header = export->subject->profile->header;
  return header->ended_ns > header->started_ns
             ? header->ended_ns - header->started_ns
             : 0;
}

/* ---- Places ---- */

/* Where a file was compiled, or, if it is not there now, below the current
 * directory, as the report looks for it. */
static const char *find_path(const struct export *export,
                             const struct source_file *file) {
  if (!file->directory)
    return export_text(export, file->name);
  const char *path =
      path_make(file->directory, file->name, export->subject->scratch);
  if (!path) {
    export_no_memory(export);
    return NULL;
  }
  bool was_moved = access(path, R_OK) != 0 && access(file->name, R_OK) == 0;
  return export_text(export, was_moved ? file->name : path);
}

static bool prepare_function(struct export *export, size_t f) {
  const struct function_rows *function = &export->subject->report.functions[f];
  export->first[f] = export->place_count;
  export->place_count += function->row_count;
  export->names[f] = export_text(export, function->signature);
  export->paths[f] =
      scratch_alloc(export->subject->scratch, function->file_count + 1,
                    sizeof *export->paths[f]);
  if (!export->names[f] || !export->paths[f])
    return export->names[f] ? export_no_memory(export) : false;
  for (size_t i = 0; i < function->file_count; i++)
    if (!(export->paths[f][i] = find_path(export, &function->files[i])))
      return false;
  return true;
}

bool export_prepare(struct export *export) {
  struct scratch *scratch = export->subject->scratch;
  size_t count = export->subject->report.function_count;
  export->names = scratch_alloc(scratch, count, sizeof *export->names);
  export->paths = scratch_alloc(scratch, count, sizeof *export->paths);
  export->first = scratch_alloc(scratch, count, sizeof *export->first);
  if (!export->names || !export->paths || !export->first)
    return export_no_memory(export);
  for (size_t f = 0; f < count; f++)
    if (!prepare_function(export, f))
      return false;
  export->place_count++; /* outside */
  return true;
}

bool export_is_wanted(const struct export *export, size_t function) {
  return !export->wanted || export->wanted[function];
}

size_t place_number(const struct export *export, struct place place) {
  return place.function == PLACE_OUTSIDE
             ? export->place_count - 1
             : export->first[place.function] + place.row;
}

struct place place_of_number(const struct export *export, size_t number) {
  if (number + 1 == export->place_count)
    return (struct place){PLACE_OUTSIDE, 0};
  size_t low = 0, high = export->subject->report.function_count;
  while (high - low > 1) { /* first[low] <= number < first[high] */
    size_t middle = (low + high) / 2;
    if (export->first[middle] <= number)
      low = middle;
    else
      high = middle;
  }
  return (struct place){(uint32_t)low, (uint32_t)(number - export->first[low])};
}

const char *place_name(const struct export *export, struct place place) {
  return place.function == PLACE_OUTSIDE ? "(outside marked functions)"
                                         : export->names[place.function];
}

static const struct row *place_row(const struct export *export,
                                   struct place place) {
  return &export->subject->report.functions[place.function].rows[place.row];
}

const char *place_path(const struct export *export, struct place place) {
  if (place.function == PLACE_OUTSIDE ||
      !export->subject->report.functions[place.function].file_count)
    return NULL;
  return export->paths[place.function][place_row(export, place)->file];
}

unsigned place_line(const struct export *export, struct place place) {
  return place.function == PLACE_OUTSIDE ? 0 : place_row(export, place)->line;
}

void print_place(const struct export *export, struct place place, FILE *out) {
  const char *path = place_path(export, place);
  fputs(place_name(export, place), out);
  if (path)
    fprintf(out, " (%s:%u)", path, place_line(export, place));
}
