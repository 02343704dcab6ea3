/* snapshot.c - a report to what can be compared. */
#define _GNU_SOURCE
#include "snapshot.h"
#include "common/glob.h"
#include "report/path.h"
#include "tool.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is taken from where to where. */
struct taking {
  const struct snapshot_style *style;
  const char *roots[2]; /* as path_make() makes them; the second: $PWD, which
                           the compiler may have seen, or NULL */
  struct source_cache sources;
  const struct source_file *file; /* the latest one, and its source: lines of
                                     one file follow each other */
  const struct source *source;
  struct scratch *scratch;
  bool is_out_of_memory;
};

static void *take_memory(struct taking *taking, size_t n, size_t size) {
  void *memory = scratch_alloc(taking->scratch, n ? n : 1, size);
  taking->is_out_of_memory |= !memory;
  return memory;
}

static const char *take_path(struct taking *taking, const char *directory,
                             const char *name) {
  const char *path = path_make(directory, name, taking->scratch);
  taking->is_out_of_memory |= !path;
  return path;
}

/* ---- Names ---- */

static bool find_roots(struct taking *taking) {
  char *here = getcwd(NULL, 0);
  const char *logical = getenv("PWD"), *root = taking->style->root;
  taking->roots[0] = take_path(
      taking, here && !(root && *root == '/') ? here : "", root ? root : "");
  if (!root && logical && *logical == '/')
    taking->roots[1] = take_path(taking, "", logical);
  free(here);
  return !taking->is_out_of_memory;
}

/* Behind the root and its slash; NULL when the path does not lead there. */
static const char *behind(const char *path, const char *root) {
  size_t length = root ? strlen(root) : 0;
  return length && strncmp(path, root, length) == 0 && path[length] == '/'
             ? path + length + 1
             : NULL;
}

/* Relative to the root; what stands elsewhere goes by the name that the
 * compiler was given, if that is relative, else by its last part. */
static const char *machineless_path(struct taking *taking,
                                    const struct source_file *file) {
  const char *whole =
      take_path(taking, file->directory ? file->directory : "", file->name);
  const char *relative = NULL;
  for (int i = 0; whole && i < 2 && !relative; i++)
    relative = behind(whole, taking->roots[i]);
  if (relative || !whole)
    return relative;
  if (file->directory)
    return file->name;
  const char *slash = strrchr(whole, '/');
  return slash ? slash + 1 : whole;
}

size_t snapshot_name_length(const char *signature) {
  const char *end = strrchr(signature, ')');
  int depth = 0;
  for (const char *c = end; c && c > signature; c--) {
    depth += *c == ')' ? 1 : *c == '(' ? -1 : 0;
    if (depth == 0)
      return (size_t)(c - signature);
  }
  return strlen(signature);
}

/* ---- Lines ---- */

enum { TEXT_MAX = 200 }; /* as much as tells one line from the others */

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\f' || c == '\v';
}

/* Without the blanks around it, one for each run of them within. */
static const char *fold(struct taking *taking, const char *text,
                        size_t length) {
  char *out = take_memory(taking, length + 1, 1);
  size_t used = 0;
  for (size_t i = 0; out && i < length; i++)
    if (!is_blank(text[i]) && text[i])
      out[used++] = text[i];
    else if (used && out[used - 1] != ' ')
      out[used++] = ' ';
  if (used > TEXT_MAX) /* between two characters of UTF-8 */
    for (used = TEXT_MAX; used && (out[used] & 0xC0) == 0x80;)
      used--;
  if (used && out[used - 1] == ' ')
    used--;
  if (out)
    out[used] = '\0';
  return out;
}

static const char *line_text(struct taking *taking,
                             const struct source_file *file, unsigned line) {
  size_t length = 0;
  if (file != taking->file)
    taking->source = source_find(&taking->sources, file);
  taking->file = file;
  const struct source *source = taking->source;
  /* another text would pair lines that have nothing to do with each other */
  const char *text =
      source->state == SOURCE_FOUND ? source_line(source, line, &length) : NULL;
  return text ? fold(taking, text, length) : NULL;
}

static void take_line(struct taking *taking, struct snapshot_line *out,
                      const struct function_rows *function,
                      const struct row *row) {
  *out = (struct snapshot_line){
      .line = row->line,
      .below = (int64_t)row->line -
               (row->file ? 0 : (int64_t)function->rows[0].line),
      .values = {[METRIC_allocs] = row->allocs,
                 [METRIC_bytes] = row->bytes,
                 [METRIC_peak] = row->peak,
                 [METRIC_kept] = row->kept},
  };
  if (!function->file_count || !row->line)
    return;
  const struct source_file *file = &function->files[row->file];
  out->text = line_text(taking, file, row->line);
  if (row->file)
    out->file = machineless_path(taking, file);
}

bool snapshot_line_is_busy(const struct snapshot_line *line) {
  for (enum metric m = 0; m < METRIC_COUNT; m++)
    if (line->values[m])
      return true;
  return false;
}

/* ---- Functions ---- */

static void take_function(struct taking *taking, struct snapshot_function *out,
                          const struct function_rows *function) {
  *out = (struct snapshot_function){
      .file = function->file_count
                  ? machineless_path(taking, &function->files[0])
                  : "",
      .signature = function->signature,
      .line = function->rows[0].line,
      .values = {[METRIC_calls] = function->calls,
                 [METRIC_allocs] = function->allocs,
                 [METRIC_bytes] = function->bytes,
                 [METRIC_peak] = function->per_call[MEMPROF_CALL_peak].max,
                 [METRIC_kept] = function->kept},
      .lines = take_memory(taking, function->row_count, sizeof *out->lines),
      .line_count = function->row_count,
  };
  for (size_t i = 0; out->lines && i < function->row_count; i++)
    take_line(taking, &out->lines[i], function, &function->rows[i]);
}

static void take_process(struct snapshot_function *out,
                         const struct report *report) {
  *out = (struct snapshot_function){.file = "", .signature = SNAPSHOT_PROCESS};
  for (enum metric m = 0; m < METRIC_COUNT; m++)
    out->values[m] = METRIC_NONE;
  out->values[METRIC_peak] = report->header->peak;
}

bool snapshot_is_process(const struct snapshot_function *function) {
  return !*function->file && strcmp(function->signature, SNAPSHOT_PROCESS) == 0;
}

int snapshot_compare(const struct snapshot_function *a,
                     const struct snapshot_function *b) {
  int order = strcmp(a->file, b->file);
  if (!order)
    order = strcmp(a->signature, b->signature);
  return order ? order : (a->line > b->line) - (a->line < b->line);
}

static int by_key(const void *a, const void *b) {
  return snapshot_compare(a, b);
}

static bool is_wanted(const struct taking *taking,
                      const struct function_rows *function) {
  const char *globs = taking->style->functions;
  return function_is_measured(function) &&
         (!globs ||
          glob_list_match(globs, function->name, function->signature));
}

bool snapshot_take(struct snapshot *snapshot, const struct report *report,
                   const struct snapshot_style *style,
                   struct scratch *scratch) {
  struct taking taking = {.style = style,
                          .sources = {.scratch = scratch, .root = style->root},
                          .scratch = scratch};
  *snapshot = (struct snapshot){
      .functions = take_memory(&taking, report->function_count + 1,
                               sizeof *snapshot->functions)};
  if (!snapshot->functions || !find_roots(&taking))
    return error("out of memory for a comparison");
  if (!style->functions && report_is_measured(report))
    take_process(&snapshot->functions[snapshot->count++], report);
  for (size_t i = 0; i < report->function_count; i++)
    if (is_wanted(&taking, &report->functions[i]))
      take_function(&taking, &snapshot->functions[snapshot->count++],
                    &report->functions[i]);
  if (taking.is_out_of_memory)
    return error("out of memory for a comparison");
  qsort(snapshot->functions, snapshot->count, sizeof *snapshot->functions,
        by_key);
  return true;
}

void snapshot_keep(struct snapshot *snapshot, const char *globs) {
  size_t kept = 0;
  for (size_t i = 0; globs && i < snapshot->count; i++) {
    const char *signature = snapshot->functions[i].signature;
    char name[4096];
    snprintf(name, sizeof name, "%.*s", (int)snapshot_name_length(signature),
             signature);
    if (glob_list_match(globs, name, signature))
      snapshot->functions[kept++] = snapshot->functions[i];
  }
  if (globs)
    snapshot->count = kept;
}
