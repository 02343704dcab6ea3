/* cmd_export.c - `memprof export`: profiles in the formats of other tools. */
#include "common/glob.h"
#include "export.h"
#include "options.h"
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum format_kind { KIND_TEXT, KIND_BINARY };
enum format_metrics { METRICS_ALL, METRICS_SUMS, METRICS_ROW, METRICS_TIMES };

/* What other commands write, too: X(format, metrics, command, option, ending,
 * help). SUMS: the metric is the option's argument. Ending: which the file's
 * name has to have, for by it the command tells what to write; "": any. */
#define ALIASES(X)                                                             \
  X(json, ALL, report, "--format=json", "",                                    \
    "programs, and jq: docs/report.schema.json")                               \
  X(csv, ALL, report, "--format=csv", "", "spreadsheets")                      \
  X(flamegraph, SUMS, plot, "--flame=", ".svg", "browsers: a picture, SVG")

static const struct format {
  const char *name;
  export_run *run; /* NULL: `command` does it */
  enum format_kind kind;
  enum format_metrics metrics;
  const struct command *command;
  const char *option, *ending;
} formats[] = {
#define FORMAT(NAME, KIND, METRICS, HELP)                                      \
  {#NAME, export_##NAME, KIND_##KIND, METRICS_##METRICS, NULL, NULL, ""},
    EXPORTS(FORMAT)
#undef FORMAT
#define ALIAS(NAME, METRICS, COMMAND, OPTION, ENDING, HELP)                    \
  {#NAME,  NULL,  KIND_TEXT, METRICS_##METRICS, &command_##COMMAND,            \
   OPTION, ENDING},
        ALIASES(ALIAS)
#undef ALIAS
};

struct request {
  const struct format *format;
  enum export_metric metric;
  bool names_metric;
  const char *function, *output; /* NULL: not given */
};

enum { FORMAT_OPTION = 1, FUNCTION, METRIC_OPTION, OUTPUT };

#define FORMAT_WORD(NAME, KIND, METRICS, HELP) "|" #NAME
#define ALIAS_WORD(NAME, METRICS, COMMAND, OPTION, ENDING, HELP) "|" #NAME
#define METRIC_WORD(NAME, ADDS, TYPE, PPROF) "|" #NAME
static const struct option_row options[] = {
    {"to", 't', &(EXPORTS(FORMAT_WORD) ALIASES(ALIAS_WORD))[1], "the format",
     FORMAT_OPTION},
    {"function", 0, "GLOB",
     "only what happened under these functions:\nglobs, ',' between them",
     FUNCTION},
    {"metric", 0, &(EXPORT_METRICS(METRIC_WORD))[1],
     "for formats with one number; bytes if none is named", METRIC_OPTION},
    {"output", 'o', "FILE", "there instead of on standard output", OUTPUT},
    {0},
};
#undef FORMAT_WORD
#undef ALIAS_WORD
#undef METRIC_WORD

/* ---- What the user asked for ---- */

/* Whether the format can show the metric, if one is named. */
static bool is_fit_for_metric(const struct request *request) {
  const struct metric *metric = &metrics[request->metric];
  if (!request->names_metric)
    return true;
  if (request->format->metrics == METRICS_ALL ||
      request->format->metrics == METRICS_TIMES)
    return error("--metric: %s shows %s: leave it out", request->format->name,
                 request->format->metrics == METRICS_ALL
                     ? "more than one number"
                     : "times");
  return metric->adds_up || request->format->metrics == METRICS_ROW ||
         error("--metric: %s does not add up over callers, as %s does: "
               "allocs, bytes, kept, at_peak do",
               metric->name, request->format->name);
}

static bool ends_with(const char *text, const char *end) {
  size_t length = strlen(text), size = strlen(end);
  return length >= size && strcmp(text + length - size, end) == 0;
}

/* Neither bytes that a terminal would take for commands, nor another format than
 * the one named. */
static bool is_fit_for_output(const struct request *request) {
  bool is_stdout = !request->output || strcmp(request->output, "-") == 0;
  if (!is_stdout && !ends_with(request->output, request->format->ending))
    return error("export: %s writes %s: name a file that ends so, not '%s'",
                 request->format->name, request->format->ending,
                 request->output);
  return request->format->kind != KIND_BINARY || !is_stdout ||
         !isatty(STDOUT_FILENO) ||
         error("%s is no text, and standard output is a terminal: name a file "
               "with --output",
               request->format->name);
}

static void take_option(struct request *request, struct options *walk,
                        const struct option_row *row) {
  switch (row->key) {
  case FORMAT_OPTION:
    request->format = &formats[walk->word];
    break;
  case FUNCTION:
    request->function = walk->value;
    break;
  case METRIC_OPTION:
    request->metric = (enum export_metric)walk->word;
    request->names_metric = true;
    break;
  case OUTPUT:
    request->output = walk->value;
    break;
  }
}

/* Returns false when there is nothing more to do, with *status set. */
static bool read_request(struct request *request, int argc, char **argv,
                         enum status *status) {
  struct options walk;
  const struct option_row *row;
  *request = (struct request){.metric = METRIC_bytes};
  options_start(&walk, &command_export, argc, argv);
  while ((row = options_next(&walk)))
    take_option(request, &walk, row);
  if (!walk.is_over && !request->format) {
    error("export: which format? name it with --to");
    options_stop(&walk);
  }
  if (!walk.is_over &&
      (!is_fit_for_metric(request) || !is_fit_for_output(request)))
    options_stop(&walk);
  *status = walk.status;
  return !walk.is_over;
}

/* ---- Doing it ---- */

/* Marks the functions that the glob matches; *found is how many. */
static bool pick_functions(struct export *export, const char *glob,
                           size_t *found) {
  const struct report *report = &export->subject->report;
  bool *wanted = scratch_alloc(export->subject->scratch, report->function_count,
                               sizeof *wanted);
  *found = 0;
  if (!wanted)
    return export_no_memory(export);
  for (size_t i = 0; i < report->function_count; i++) {
    const struct function_rows *function = &report->functions[i];
    wanted[i] = glob_list_match(glob, function->name, function->signature);
    *found += wanted[i];
  }
  export->wanted = wanted;
  export->glob = glob;
  return true;
}

static bool print(const struct request *request, struct export *export) {
  struct outfile out;
  if (!export_prepare(export) || !outfile_open(&out, request->output, 0666))
    return false;
  if (request->format->run(export, out.file))
    return outfile_commit(&out);
  outfile_cancel(&out);
  return false;
}

/* Whether there is anything to write. */
static bool has_matter(const struct format *format,
                       const struct subject *subject) {
  const struct profile *profile = subject->profile;
  if (format->metrics != METRICS_TIMES)
    return report_is_measured(&subject->report) ||
           error("nothing was measured in '%s'", subject->name);
  bool has_spans = false;
  for (size_t i = 0; i < profile->spans_count; i++)
    has_spans |= profile->spans[i]->written > 0;
  return has_spans || profile->series_count ||
         error("'%s' has no times: record them with timeline=yes, or with "
               "'memprof run'",
               subject->name);
}

static enum status export_subject(const struct request *request,
                                  struct export *export) {
  const struct subject *subject = export->subject;
  size_t found;
  if (!has_matter(request->format, subject))
    return STATUS_NOTHING;
  if (request->function) {
    if (!pick_functions(export, request->function, &found))
      return STATUS_USAGE;
    if (!found) {
      error("no function of '%s' matches '%s'", subject->name,
            request->function);
      return STATUS_NOTHING;
    }
  }
  return print(request, export) ? STATUS_FINE : STATUS_USAGE;
}

/* The other command in its own words. Always with a place to write to: it may
 * have another idea of its own. */
static enum status run_alias(const struct request *request, char **files,
                             int count) {
  enum { WORDS_MAX = 7 };
  char option[64];
  char **argv = calloc((size_t)count + WORDS_MAX + 1, sizeof *argv);
  if (!argv) {
    error("out of memory");
    return STATUS_USAGE;
  }
  snprintf(option, sizeof option, "%s%s", request->format->option,
           request->format->metrics == METRICS_SUMS
               ? metrics[request->metric].name
               : "");
  int argc = 0;
  argv[argc++] = "memprof export";
  argv[argc++] = option;
  argv[argc++] = "--output";
  argv[argc++] = (char *)(request->output ? request->output : "-");
  if (request->function) {
    argv[argc++] = "--function";
    argv[argc++] = (char *)request->function; /* getopt leaves texts alone */
  }
  argv[argc++] = "--";
  memcpy(argv + argc, files, (size_t)count * sizeof *argv);
  enum status status = request->format->command->run(argc + count, argv);
  free(argv);
  return status == STATUS_BROKEN ? STATUS_FINE : status; /* it is written */
}

static enum status run(int argc, char **argv) {
  static struct subject subject;
  struct request request;
  enum status status;
  if (!read_request(&request, argc, argv, &status))
    return status;
  if (!request.format->run)
    return run_alias(&request, argv + optind, argc - optind);
  struct export export = {.subject = &subject, .metric = request.metric};
  if (!subject_open(&subject, argv + optind, (size_t)(argc - optind),
                    SUBJECT_CONTEXTS))
    return STATUS_USAGE;
  status = export_subject(&request, &export);
  subject_close(&subject);
  return status;
}

const struct command command_export = {
    .name = "export",
    .operands = "--to FORMAT [FILE...]",
    .summary = "a profile in the format of another tool",
    .details =
        "Writes what a profile holds for another tool to read. Without a file: "
        "the\nnewest run in the current directory (*.mprof), all its "
        "processes. Several\nfiles: their sum. Exit status 2: a file cannot be "
        "read; 3: nothing was\nmeasured, and nothing written. The formats:\n\n"
#define FORMAT_HELP(NAME, KIND, METRICS, HELP) "  " #NAME ": for " HELP "\n"
    EXPORTS(FORMAT_HELP)
#undef FORMAT_HELP
#define ALIAS_HELP(NAME, METRICS, COMMAND, OPTION, ENDING, HELP)               \
  "  " #NAME ": for " HELP "\n"
        ALIASES(ALIAS_HELP)
#undef ALIAS_HELP
        ,
    .options = options,
    .run = run,
};
