/* cmd_diff.c - `memprof diff`: two runs, function by function, line by line. */
#include "common/sizes.h"
#include "compare.h"
#include "listing.h"
#include "options.h"
#include "render_compare.h"
#include "subject.h"
#include <getopt.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct request {
  const char *output;
  struct snapshot_style styles[2]; /* before, after */
  struct tolerance tolerances[METRIC_COUNT];
  render_compare *format;
};

enum { FORMAT = 1, FUNCTION, METRIC, OLD_ROOT, OUTPUT, ROOT, THRESHOLD };

#define FORMAT_WORD(NAME) "|" #NAME
static const struct option_row options[] = {
    {"threshold", 't', "AMOUNT",
     "what may grow without a change of the exit status: 5%,\n"
     "1KiB of a size, or METRIC=AMOUNT, ',' between them",
     THRESHOLD},
    {"metric", 'm', "LIST",
     "compare these alone: calls allocs bytes peak kept, ','\n"
     "between them; all but calls if none is named",
     METRIC},
    {"function", 0, "GLOB", "only these functions: globs, ',' between them",
     FUNCTION},
    {"source-root", 0, "DIR", "where the sources stand", ROOT},
    {"old-source-root", 0, "DIR", "where those of A stand", OLD_ROOT},
    {"format", 'f', &(COMPARE_FORMATS(FORMAT_WORD))[1], "text if none is named",
     FORMAT},
    {"output", 'o', "FILE", "there instead of on standard output", OUTPUT},
    {0},
};
#undef FORMAT_WORD

/* ---- What the user asked for ---- */

/* Of counts nothing is said by bytes. */
static bool set_threshold(struct request *request, const char *text) {
  struct tolerance every[METRIC_COUNT];
  if (strchr(text, '='))
    return tolerance_parse_list(request->tolerances, text);
  for (enum metric m = 0; m < METRIC_COUNT; m++) {
    every[m] = request->tolerances[m];
    if (every[m].is_off)
      continue;
    if (!tolerance_parse(&every[m], m, text) && metric_is_size(m))
      return error("diff: threshold '%s' is none: 5%%, 1KiB, 5%%+1KiB or "
                   "METRIC=AMOUNT",
                   text);
  }
  memcpy(request->tolerances, every, sizeof every);
  return true;
}

static bool set_metrics(struct request *request, const char *text) {
  bool is_wanted[METRIC_COUNT] = {false};
  while (*text) {
    size_t length = strcspn(text, ",");
    enum metric metric = metric_find(text, length);
    if (metric == METRIC_COUNT)
      return error("diff: no metric '%.*s': calls, allocs, bytes, peak or kept",
                   (int)length, text);
    is_wanted[metric] = true;
    text += length + (text[length] == ',');
  }
  for (enum metric m = 0; m < METRIC_COUNT; m++)
    request->tolerances[m].is_off = !is_wanted[m];
  return true;
}

static bool set_option(struct request *request, const struct options *walk,
                       int key) {
  const char *value = walk->value;
  switch (key) {
  case FORMAT:
    request->format = compare_formats[walk->word];
    if (request->format == compare_text)
      request->format = diff_text;
    return true;
  case FUNCTION:
    request->styles[0].functions = request->styles[1].functions = value;
    return true;
  case METRIC:
    return set_metrics(request, value);
  case OLD_ROOT:
    request->styles[0].root = value;
    return true;
  case OUTPUT:
    request->output = value;
    return true;
  case ROOT:
    request->styles[1].root = value;
    return true;
  default:
    return set_threshold(request, value);
  }
}

/* Returns false when there is nothing more to do, with *status set. */
static bool read_request(struct request *request, int argc, char **argv,
                         enum status *status) {
  struct options walk;
  const struct option_row *row;
  *request = (struct request){.format = diff_text};
  request->tolerances[METRIC_calls].is_off = true;
  options_start(&walk, &command_diff, argc, argv);
  while ((row = options_next(&walk)))
    if (!set_option(request, &walk, row->key))
      options_stop(&walk);
  if (!walk.is_over && argc - optind != 2) {
    error("diff: two runs are needed: A and B");
    options_stop(&walk);
  }
  if (!request->styles[0].root)
    request->styles[0].root = request->styles[1].root;
  *status = walk.status;
  return !walk.is_over;
}

/* ---- The two runs ---- */

/* The profiles that a name stands for: a file, those of a directory, or what a
 * pattern matches. Returns false after error(). */
static bool expand(glob_t *found, const char *name) {
  char pattern[4096];
  struct stat status;
  bool is_directory = stat(name, &status) == 0 && S_ISDIR(status.st_mode);
  int length = snprintf(pattern, sizeof pattern, "%s%s", name,
                        is_directory ? "/*.mprof" : "");
  if (length < 0 || (size_t)length >= sizeof pattern)
    return error("cannot read '%s': the name is too long", name);
  /* a file may have the name of a pattern */
  bool is_name = !is_directory && lstat(name, &status) == 0;
  if (is_name || glob(pattern, GLOB_NOMAGIC, NULL, found) != 0) {
    if (is_directory)
      return error("cannot read '%s': no profile (*.mprof) in this directory",
                   name);
    *found = (glob_t){.gl_offs = 0};
  }
  return true;
}

static bool open_run(struct subject *subject, const char *name) {
  glob_t found = {0};
  char *one[] = {(char *)(uintptr_t)name};
  if (!expand(&found, name))
    return false;
  bool is_open = found.gl_pathc
                     ? subject_open(subject, found.gl_pathv, found.gl_pathc, 0)
                     : subject_open(subject, one, 1, 0);
  globfree(&found);
  return is_open;
}

static enum status diff(const struct request *request,
                        struct subject subjects[2], char **names) {
  struct snapshot snapshots[2];
  struct comparison comparison = {.before = names[0], .after = names[1]};
  for (int i = 0; i < 2; i++) {
    if (!snapshot_take(&snapshots[i], &subjects[i].report, &request->styles[i],
                       subjects[i].scratch))
      return STATUS_USAGE;
    if (snapshots[i].count)
      continue;
    error("'%s': nothing was measured%s", names[i],
          request->styles[i].functions ? " of these functions" : "");
    return STATUS_NOTHING;
  }
  if (!compare(&comparison, &snapshots[0], &snapshots[1], request->tolerances,
               subjects[1].scratch) ||
      !compare_write(&comparison, request->format, request->output))
    return STATUS_USAGE;
  return comparison.changes[CHANGE_WORSE] ? STATUS_BROKEN : STATUS_FINE;
}

static enum status run(int argc, char **argv) {
  static struct request request;
  static struct subject subjects[2];
  enum status status;
  if (!read_request(&request, argc, argv, &status))
    return status;
  char **names = argv + optind;
  listing_say_rest(names, 2);
  if (!open_run(&subjects[0], names[0]))
    return STATUS_USAGE;
  status = STATUS_USAGE;
  if (open_run(&subjects[1], names[1])) {
    status = diff(&request, subjects, names);
    subject_close(&subjects[1]);
  }
  subject_close(&subjects[0]);
  return status;
}

const struct command command_diff = {
    .name = "diff",
    .operands = "A B",
    .summary = "what two runs differ in, by function and line",
    .details =
        "Each of A and B is a profile, a directory with the profiles of a run\n"
        "(*.mprof), or a quoted pattern of them; several are added up. "
        "Functions\n"
        "are matched by their names, lines by their text, so code that moved "
        "is\n"
        "no change; where a source is not what was compiled, by their "
        "distance\n"
        "from the definition. Exit status 1: something grew; 2: a file cannot "
        "be\n"
        "read; 3: nothing was measured.\n",
    .options = options,
    .run = run,
};
