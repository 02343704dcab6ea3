/* baseline.c - reads and writes baselines. */
#include "baseline.h"
#include "common/printable.h"
#include "common/sizes.h"
#include "tool.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC "# memprof baseline "
enum { BASELINE_VERSION = 1 };

/* ---- Writing ---- */

static int digit_of(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                : -1;
}

/* The byte that "\\x7C" stands for, or -1. */
static int escaped(const char *text, size_t length) {
  return length >= 4 && text[0] == '\\' && text[1] == 'x' &&
                 digit_of(text[2]) >= 0 && digit_of(text[3]) >= 0
             ? digit_of(text[2]) * 16 + digit_of(text[3])
             : -1;
}

static bool starts_with(const char *text, const char *start) {
  return strncmp(text, start, strlen(start)) == 0;
}

/* A text on one line; what a reader would take for the end of it is escaped. */
static void write_text(FILE *to, const char *text, const char *end) {
  size_t length = strlen(text), printable = printable_span(text, length);
  for (; length; text++, length--) {
    bool is_plain = printable && escaped(text, length) < 0 &&
                    !(end && starts_with(text, end));
    if (is_plain)
      fputc(*text, to);
    else
      fprintf(to, "\\x%02X", (unsigned char)*text);
    printable =
        printable ? printable - 1 : printable_span(text + 1, length - 1);
  }
}

/* At the start of a line that is no comment and no setting. */
static void write_first(FILE *to, const char *text, const char *end) {
  if (*text == '#' || *text == ' ' || starts_with(text, "tolerance ")) {
    fprintf(to, "\\x%02X", (unsigned char)*text);
    text++;
  }
  write_text(to, text, end);
}

static void write_values(FILE *to, const uint64_t values[METRIC_COUNT],
                         const struct tolerance *own, uint64_t left_out) {
  const char *before = "";
  for (enum metric m = 0; m < METRIC_COUNT; m++) {
    if (values[m] == left_out)
      continue;
    fprintf(to, "%s%s=%" PRIu64, before, metric_names[m], values[m]);
    if (own && own[m].is_given) {
      fputc('+', to);
      tolerance_print(to, &own[m]);
    }
    before = " ";
  }
}

void baseline_write_function(FILE *to,
                             const struct snapshot_function *function) {
  if (*function->file) {
    write_first(to, function->file, ": ");
    fputs(": ", to);
    write_text(to, function->signature, " | ");
  } else { /* ": " would look like the end of a file's name */
    write_first(to, function->signature, ": ");
  }
  fputs(" | ", to);
  write_values(to, function->values, function->own, METRIC_NONE);
}

static void write_line(FILE *to, const struct snapshot_line *line) {
  if (!snapshot_line_is_busy(line))
    return;
  fputs("    ", to);
  write_values(to, line->values, NULL, 0);
  if (line->text) {
    fputs(" | ", to);
    write_text(to, line->text, NULL);
  } else {
    fprintf(to, " @ %" PRId64, line->below);
    if (line->file) {
      fputc(' ', to);
      write_text(to, line->file, NULL);
    }
  }
  fputc('\n', to);
}

static void write_tolerances(FILE *to,
                             const struct tolerance given[METRIC_COUNT]) {
  const char *before = "tolerance ";
  for (enum metric m = 0; m < METRIC_COUNT; m++) {
    if (!given[m].is_given)
      continue;
    fprintf(to, "%s%s=", before, metric_names[m]);
    tolerance_print(to, &given[m]);
    before = " ";
  }
  if (*before == ' ')
    fputc('\n', to);
}

static void write_head(FILE *to, const struct baseline *baseline) {
  fprintf(to, MAGIC "%d\n", BASELINE_VERSION);
  fputs(baseline->head
            ? baseline->head
            : "# What each function took, and its lines below it. 'memprof "
              "check FILE --baseline\n"
              "# THIS' compares a run with it, '--update' makes it what the "
              "run took.\n",
        to);
  write_tolerances(to, baseline->tolerances);
}

void baseline_write(FILE *to, const struct baseline *baseline) {
  const char *file = NULL;
  write_head(to, baseline);
  for (size_t i = 0; i < baseline->snapshot.count; i++) {
    const struct snapshot_function *f = &baseline->snapshot.functions[i];
    if (!file || strcmp(file, f->file) != 0)
      fputc('\n', to);
    file = f->file;
    fputs(f->comment ? f->comment : "", to);
    baseline_write_function(to, f);
    fputc('\n', to);
    for (size_t k = 0; k < f->line_count; k++)
      write_line(to, &f->lines[k]);
  }
  if (baseline->foot)
    fprintf(to, "\n%s", baseline->foot);
}

/* ---- Reading ---- */

/* A baseline while it is read. */
struct reading {
  struct baseline *baseline;
  const char *path;
  size_t number; /* of the line at hand */
  struct scratch *scratch;
  char *comment; /* lines of '#' since the last other line; malloc's */
  size_t functions_room, lines_room;
  bool is_head; /* nothing but comments so far */
};

static bool wrong(const struct reading *reading, const char *what,
                  const char *text) {
  return error("'%s':%zu: %s: '%.60s'", reading->path, reading->number, what,
               text);
}

static bool out_of_memory(const struct reading *reading) {
  return error("out of memory for '%s'", reading->path);
}

/* Twice the room when there is none left. */
static void *more_room(struct reading *reading, void *array, size_t count,
                       size_t *room, size_t size) {
  if (count < *room)
    return array;
  void *larger = scratch_alloc(reading->scratch, *room ? *room * 2 : 8, size);
  if (larger && count)
    memcpy(larger, array, count * size);
  *room = *room ? *room * 2 : 8;
  return larger;
}

/* Without escapes; NULL when memory runs out. */
static const char *read_text(struct reading *reading, const char *text,
                             size_t length) {
  char *out = scratch_alloc(reading->scratch, length + 1, 1);
  size_t used = 0;
  for (size_t i = 0; out && i < length; i++) {
    int byte = escaped(text + i, length - i);
    out[used] = byte < 0 ? text[i] : (char)byte;
    i += byte < 0 ? 0 : 3;
    used++;
  }
  return out;
}

/* "peak=64KiB+5%" */
static bool read_value(struct reading *reading, char *word,
                       uint64_t values[METRIC_COUNT], struct tolerance *own) {
  size_t name = strcspn(word, "=");
  enum metric metric = metric_find(word, name);
  if (metric == METRIC_COUNT || word[name] != '=')
    return wrong(reading, "not one of calls= allocs= bytes= peak= kept=", word);
  char *value = word + name + 1;
  char *plus = strchr(value, '+');
  if (plus)
    *plus++ = '\0';
  if (!(metric_is_size(metric) ? size_parse(value, &values[metric])
                               : count_parse(value, &values[metric])))
    return wrong(reading, metric_is_size(metric) ? "not a size" : "not a count",
                 value);
  if (plus && (!own || !tolerance_parse(&own[metric], metric, plus)))
    return wrong(reading, "not a tolerance", plus);
  return true;
}

/* Words up to the end of the text, which it cuts up. */
static bool read_values(struct reading *reading, char *text,
                        uint64_t values[METRIC_COUNT], struct tolerance *own) {
  char *rest = NULL;
  for (char *word = strtok_r(text, " \t", &rest); word;
       word = strtok_r(NULL, " \t", &rest))
    if (!read_value(reading, word, values, own))
      return false;
  return true;
}

static bool has_own(const struct tolerance own[METRIC_COUNT]) {
  for (enum metric m = 0; m < METRIC_COUNT; m++)
    if (own[m].is_given)
      return true;
  return false;
}

static bool add_function(struct reading *reading,
                         const struct snapshot_function *function) {
  struct snapshot *snapshot = &reading->baseline->snapshot;
  snapshot->functions =
      more_room(reading, snapshot->functions, snapshot->count,
                &reading->functions_room, sizeof *snapshot->functions);
  if (!snapshot->functions || !function->file || !function->signature)
    return out_of_memory(reading);
  snapshot->functions[snapshot->count++] = *function;
  reading->lines_room = 0;
  return true;
}

/* Hands the comment over. */
static bool take_comment(struct reading *reading, const char **to) {
  *to = NULL;
  if (!reading->comment)
    return true;
  char *copy = scratch_alloc(reading->scratch, strlen(reading->comment) + 1, 1);
  *to = copy ? strcpy(copy, reading->comment) : NULL;
  free(reading->comment);
  reading->comment = NULL;
  return copy || out_of_memory(reading);
}

/* "src/json.c: load | calls=1 allocs=3" */
static bool read_function(struct reading *reading, char *text) {
  struct snapshot_function function = {0};
  char *bar = NULL;
  for (char *c = strstr(text, " | "); c; c = strstr(c + 1, " | "))
    bar = c;
  if (!bar)
    return wrong(reading,
                 "neither 'FILE: FUNCTION | METRIC=VALUE...' nor "
                 "'tolerance METRIC=AMOUNT...' nor a comment",
                 text);
  struct tolerance *own =
      scratch_alloc(reading->scratch, METRIC_COUNT, sizeof *own);
  if (!own || !take_comment(reading, &function.comment))
    return own ? false : out_of_memory(reading);
  for (enum metric m = 0; m < METRIC_COUNT; m++)
    function.values[m] = METRIC_NONE;
  if (!read_values(reading, bar + 3, function.values, own))
    return false;
  function.own = has_own(own) ? own : NULL;
  *bar = '\0';
  char *colon = strstr(text, ": ");
  size_t file = colon && colon < bar ? (size_t)(colon - text) : 0;
  char *signature = text + (file ? file + 2 : 0);
  function.file = read_text(reading, text, file);
  function.signature = read_text(reading, signature, strlen(signature));
  return add_function(reading, &function);
}

/* "@ 3", "@ 12 src/table.inc" */
static bool read_place(struct reading *reading, struct snapshot_line *line,
                       const char *text) {
  char *end;
  errno = 0;
  line->below = strtoll(text, &end, 10);
  if (end == text || errno || (*end && *end != ' '))
    return wrong(reading, "not a number of lines", text);
  if (*end && !(line->file = read_text(reading, end + 1, strlen(end + 1))))
    return out_of_memory(reading);
  return true;
}

/* "    allocs=1 bytes=32 | char *text = read_file(path);" */
static bool read_line(struct reading *reading, char *text) {
  struct snapshot *snapshot = &reading->baseline->snapshot;
  struct snapshot_line line = {.below = SNAPSHOT_ANYWHERE};
  if (!snapshot->count)
    return wrong(reading, "a line without a function above it", text);
  struct snapshot_function *function =
      &snapshot->functions[snapshot->count - 1];
  char *bar = strstr(text, " | "), *at = strstr(text, " @ ");
  if (bar && (!at || bar < at)) {
    *bar = '\0';
    line.text = read_text(reading, bar + 3, strlen(bar + 3));
    if (!line.text)
      return out_of_memory(reading);
  } else if (at) {
    *at = '\0';
    if (!read_place(reading, &line, at + 3))
      return false;
  } else {
    return wrong(reading, "neither 'METRIC=VALUE... | TEXT' nor '... @ N'",
                 text);
  }
  if (!read_values(reading, text, line.values, NULL))
    return false;
  function->lines = more_room(reading, function->lines, function->line_count,
                              &reading->lines_room, sizeof line);
  if (!function->lines)
    return out_of_memory(reading);
  function->lines[function->line_count++] = line;
  return true;
}

static bool keep_comment(struct reading *reading, const char *text) {
  size_t have = reading->comment ? strlen(reading->comment) : 0;
  char *more = realloc(reading->comment, have + strlen(text) + 2);
  if (!more)
    return out_of_memory(reading);
  sprintf(more + have, "%s\n", text);
  reading->comment = more;
  return true;
}

/* The comment that the file begins with ends with whatever else comes. */
static bool end_head(struct reading *reading) {
  if (!reading->is_head)
    return true;
  reading->is_head = false;
  return take_comment(reading, &reading->baseline->head);
}

static bool read_any(struct reading *reading, char *text) {
  size_t blanks = strspn(text, " \t");
  if (text[blanks] == '#')
    return keep_comment(reading, text + blanks);
  if (!end_head(reading))
    return false;
  if (!text[blanks])
    return true;
  if (blanks)
    return read_line(reading, text + blanks);
  if (strncmp(text, "tolerance ", 10) == 0)
    return tolerance_parse_list(reading->baseline->tolerances, text + 10) ||
           wrong(reading, "bad tolerance", text);
  return read_function(reading, text);
}

static bool read_magic(const struct reading *reading, const char *text) {
  char *end;
  if (strncmp(text, MAGIC, strlen(MAGIC)) != 0)
    return wrong(reading, "not a baseline: it does not begin with '" MAGIC "1'",
                 text);
  unsigned long version = strtoul(text + strlen(MAGIC), &end, 10);
  return (version == BASELINE_VERSION && !*end) ||
         wrong(reading, "a baseline that this memprof does not know", text);
}

static int by_key(const void *a, const void *b) {
  return snapshot_compare(a, b);
}

static bool read_file(struct reading *reading, FILE *file) {
  char *text = NULL;
  size_t room = 0;
  ssize_t length;
  bool is_fine = true;
  errno = 0;
  while (is_fine && (length = getline(&text, &room, file)) >= 0) {
    while (length && (text[length - 1] == '\n' || text[length - 1] == '\r'))
      text[--length] = '\0';
    bool is_first = reading->number++ == 0;
    is_fine = strlen(text) != (size_t)length
                  ? wrong(reading, "a NUL byte", text)
              : is_first ? read_magic(reading, text)
                         : read_any(reading, text);
  }
  free(text);
  if (is_fine && ferror(file))
    return error("cannot read '%s': %s", reading->path, strerror(errno));
  if (is_fine && reading->number == 0)
    return error("'%s' is empty: no baseline", reading->path);
  return is_fine && end_head(reading) &&
         take_comment(reading, &reading->baseline->foot);
}

bool baseline_read(struct baseline *baseline, const char *path,
                   struct scratch *scratch) {
  struct reading reading = {
      .baseline = baseline, .path = path, .scratch = scratch, .is_head = true};
  *baseline = (struct baseline){0};
  FILE *file = fopen(path, "re");
  if (!file)
    return error("cannot read '%s': %s%s", path, strerror(errno),
                 errno == ENOENT ? "; --update makes it" : "");
  bool is_read = read_file(&reading, file);
  fclose(file);
  free(reading.comment);
  if (baseline->snapshot.count)
    qsort(baseline->snapshot.functions, baseline->snapshot.count,
          sizeof *baseline->snapshot.functions, by_key);
  return is_read;
}

bool baseline_is_one(const char *path) {
  char start[sizeof MAGIC] = "";
  FILE *file = fopen(path, "re");
  bool is_one = file && fread(start, 1, strlen(MAGIC), file) == strlen(MAGIC) &&
                strcmp(start, MAGIC) == 0;
  if (file)
    fclose(file);
  return is_one;
}
