/* cmd_report.c - `memprof report`: what a run measured, in many formats. */
#include "common/glob.h"
#include "config.h"
#include "options.h"
#include "outfile.h"
#include "render.h"
#include "render_views.h"
#include <getopt.h>
#include <string.h>

/* ---- What the user asked for ---- */

struct request {
  enum { TABLES, SIZES, PEAK, META } view;
  render *format;
  const char *output;        /* NULL: standard output */
  struct mprt_config config; /* the options of the table, as in an ini */
  const char *function;      /* glob; NULL: all */
};

static const struct format {
  const char *name;
  render *run;
} formats[] = {
#define FORMAT(NAME, HELP) {#NAME, render_##NAME##_format},
    FORMATS(FORMAT)
#undef FORMAT
};

enum { FORMAT_OPTION = 1, FUNCTION, OUTPUT, VIEW };

#define FORMAT_WORD(NAME, HELP) "|" #NAME
static const struct option_row options[] = {
    {"format", 'f', &(FORMATS(FORMAT_WORD))[1], "text if none is named",
     FORMAT_OPTION},
    {"output", 'o', "FILE", "there instead of on standard output", OUTPUT},
    {"function", 0, "GLOB", "only these functions: globs, ',' between them",
     FUNCTION},
    {"meta", 0, NULL, "what is known of the process, instead of the tables",
     VIEW + META},
    {"peak", 0, NULL, "which lines' blocks were live at the process's peak",
     VIEW + PEAK},
    {"sizes", 0, NULL, "how large the blocks were that each function allocated",
     VIEW + SIZES},
    {"columns", 0, "LIST", "standard, all, or column names, ',' between them",
     OPTION_CONFIG},
    {"precision", 0, "N", "decimals of sizes", OPTION_CONFIG},
    {"sort", 0, "marked|name|calls|allocs|bytes|peak|kept",
     "order of the tables", OPTION_CONFIG},
    {"threads", 0, "[yes|no]", "a table for each thread of a function",
     OPTION_CONFIG},
    {"top", 0, "N", "how many tables are printed", OPTION_CONFIG},
    {"unit", 0, "B|KiB|MiB|GiB|auto", "unit of sizes", OPTION_CONFIG},
    {0},
};
#undef FORMAT_WORD

static bool find_format(struct request *request, const char *name) {
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (strcmp(name, formats[i].name) == 0) {
      request->format = formats[i].run;
      return true;
    }
  return error("report: unknown format '%s'", name);
}

/* Returns false when there is nothing more to do, with *status set. */
static bool read_request(struct request *request, int argc, char **argv,
                         enum status *status) {
  struct options walk;
  const struct option_row *row;
  *request = (struct request){.format = formats[0].run};
  mprt_config_defaults(&request->config);
  options_start(&walk, &command_report, argc, argv);
  while ((row = options_next(&walk)))
    switch (row->key) {
    case FORMAT_OPTION:
      if (!find_format(request, walk.value))
        options_stop(&walk);
      break;
    case FUNCTION:
      request->function = walk.value;
      break;
    case OUTPUT:
      request->output = walk.value;
      break;
    case OPTION_CONFIG:
      config_option(&walk, row, &request->config);
      break;
    default:
      request->view = (unsigned)row->key - VIEW;
      break;
    }
  *status = walk.status;
  return !walk.is_over;
}

/* ---- Printing ---- */

/* The functions that the glob matches. Contexts refer to the whole report, so
 * that stays. */
static bool pick_functions(const struct subject *subject, const char *glob,
                           struct report *picked) {
  const struct report *whole = &subject->report;
  *picked = *whole;
  picked->function_count = 0;
  picked->functions = scratch_alloc(subject->scratch, whole->function_count,
                                    sizeof *picked->functions);
  if (!picked->functions)
    return error("out of memory for the tables of '%s'", subject->name);
  for (size_t i = 0; i < whole->function_count; i++) {
    const struct function_rows *function = &whole->functions[i];
    if (glob_list_match(glob, function->name, function->signature))
      picked->functions[picked->function_count++] = *function;
  }
  return true;
}

static bool through_sink(const struct request *request, const struct view *view,
                         struct outfile *out) {
  static struct sink sink;
  outfile_sink(out, &sink);
  switch (request->view) {
  case SIZES:
    render_sizes(view->report, &sink);
    break;
  case PEAK:
    render_peak(view->report, &view->style, view->subject->scratch, &sink);
    break;
  default:
    render_meta(view->subject->profile, &sink);
    break;
  }
  return outfile_sink_end(out, &sink);
}

static bool print(const struct request *request, const struct subject *subject,
                  const struct report *report) {
  struct view view = {
      .subject = subject,
      .report = report,
      .style = {.unit = (enum size_unit)request->config.unit,
                .precision = request->config.precision,
                .columns = request->config.columns,
                .sort = request->config.sort,
                .top = request->config.top},
  };
  struct outfile out;
  if (!outfile_open(&out, request->output, 0666))
    return false;
  if (request->view == TABLES ? request->format(&view, &out)
                              : through_sink(request, &view, &out))
    return outfile_commit(&out);
  outfile_cancel(&out);
  return false;
}

static enum status report(const struct request *request,
                          const struct subject *subject) {
  struct report picked = subject->report;
  if (request->function) {
    if (!pick_functions(subject, request->function, &picked))
      return STATUS_USAGE;
    if (picked.function_count == 0) {
      error("no function of '%s' matches '%s'", subject->name,
            request->function);
      return STATUS_NOTHING;
    }
  }
  if (!print(request, subject, &picked))
    return STATUS_USAGE;
  return report_is_measured(&picked) ? STATUS_FINE : STATUS_NOTHING;
}

static enum status run(int argc, char **argv) {
  static struct request request;
  static struct subject subject;
  enum status status;
  if (!read_request(&request, argc, argv, &status))
    return status;
  unsigned parts =
      request.view == TABLES && request.config.threads ? SUBJECT_THREADS : 0;
  if (!subject_open(&subject, argv + optind, (size_t)(argc - optind), parts))
    return STATUS_USAGE;
  status = report(&request, &subject);
  subject_close(&subject);
  return status;
}

const struct command command_report = {
    .name = "report",
    .operands = "[FILE...]",
    .summary = "the tables of a profile",
    .details =
        "Prints the tables that the run printed at its end, or would have.\n"
        "Without a file: those of the newest run in the current directory\n"
        "(*.mprof), all its processes. Several files: their sum. Exit status "
        "2:\n"
        "a file cannot be read; 3: nothing was measured.\n",
    .options = options,
    .run = run,
};
