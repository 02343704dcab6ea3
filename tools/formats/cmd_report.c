/* cmd_report.c - `memprof report`: what a run measured, in many formats. */
#include "common/glob.h"
#include "config.h"
#include "options.h"
#include "outfile.h"
#include "render.h"
#include "render_views.h"
#include "verdicts.h"
#include <getopt.h>
#include <string.h>

/* ---- What the user asked for ---- */

struct request {
  enum { TABLES, SIZES, PEAK, META } view;
  const struct format *format;
  const char *output;        /* NULL: standard output */
  struct mprt_config config; /* the options of the table, as in an ini */
  const char *function;      /* glob; NULL: all */
  const char *source_root;
  enum view_by by;
  bool is_tree, has_own, only_changed;
};

static const struct format {
  const char *name;
  unsigned parts; /* of the subject */
  render *run;
} formats[] = {
#define FORMAT(NAME, PARTS, HELP) {#NAME, PARTS, render_##NAME##_format},
    FORMATS(FORMAT)
#undef FORMAT
};

enum {
  FORMAT_OPTION = 1,
  FUNCTION,
  OUTPUT,
  BY,
  TREE,
  OWN,
  ONLY_CHANGED,
  SOURCE_ROOT,
  VIEW
};

#define FORMAT_WORD(NAME, PARTS, HELP) "|" #NAME
#define VIEW_WORD(NAME, ITEM) "|" #NAME
static const struct option_row options[] = {
    {"format", 'f', &(FORMATS(FORMAT_WORD))[1], "text if none is named",
     FORMAT_OPTION},
    {"output", 'o', "FILE", "there instead of on standard output", OUTPUT},
    {"function", 0, "GLOB", "only these functions: globs, ',' between them",
     FUNCTION},
    {"by", 'b', &(VIEWS(VIEW_WORD))[1],
     "what stands on a line of the list: text, json, csv, markdown", BY},
    {"tree", 0, NULL, "the calling contexts, each below its caller", TREE},
    {"own", 0, NULL,
     "also what happened on a line itself, without marked callees", OWN},
    {"only-changed", 0, NULL,
     "only functions and lines that allocated or released something",
     ONLY_CHANGED},
    {"source-root", 0, "DIR", "where sources are looked for first",
     SOURCE_ROOT},
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
#undef VIEW_WORD

/* Returns false when there is nothing more to do, with *status set. */
static bool read_request(struct request *request, int argc, char **argv,
                         enum status *status) {
  struct options walk;
  const struct option_row *row;
  *request = (struct request){.format = &formats[0]};
  mprt_config_defaults(&request->config);
  options_start(&walk, &command_report, argc, argv);
  while ((row = options_next(&walk)))
    switch (row->key) {
    case FORMAT_OPTION:
      request->format = &formats[walk.word];
      break;
    case BY:
      request->by = (enum view_by)walk.word;
      break;
    case TREE:
      request->is_tree = true;
      break;
    case OWN:
      request->has_own = true;
      break;
    case ONLY_CHANGED:
      request->only_changed = true;
      break;
    case SOURCE_ROOT:
      request->source_root = walk.value;
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

/* Leaves out the rows without an event; the definition stays. */
static bool pick_rows(const struct subject *subject,
                      struct function_rows *function) {
  struct row *rows =
      scratch_alloc(subject->scratch, function->row_count, sizeof *rows);
  if (!rows)
    return false;
  size_t count = 0;
  for (size_t i = 0; i < function->row_count; i++) {
    const struct row *row = &function->rows[i];
    if (i == 0 || row_is_changed(row))
      rows[count++] = *row;
  }
  function->rows = rows;
  function->row_count = count;
  return true;
}

static bool is_picked(const struct request *request,
                      const struct function_rows *function) {
  if (request->only_changed &&
      !(function->allocs || function->frees || function->mappings))
    return false;
  return !request->function ||
         glob_list_match(request->function, function->name,
                         function->signature);
}

/* What is asked for. Contexts refer to the whole report, so that stays. */
static bool pick_functions(const struct request *request,
                           const struct subject *subject,
                           struct report *picked) {
  const struct report *whole = &subject->report;
  *picked = *whole;
  picked->function_count = 0;
  picked->functions = scratch_alloc(subject->scratch, whole->function_count,
                                    sizeof *picked->functions);
  bool is_picked_whole = picked->functions;
  for (size_t i = 0; is_picked_whole && i < whole->function_count; i++) {
    const struct function_rows *function = &whole->functions[i];
    if (!is_picked(request, function))
      continue;
    struct function_rows *to = &picked->functions[picked->function_count++];
    *to = *function;
    if (request->only_changed)
      is_picked_whole = pick_rows(subject, to);
  }
  return is_picked_whole ||
         error("out of memory for the tables of '%s'", subject->name);
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

static struct view view_of(const struct request *request,
                           const struct subject *subject,
                           const struct report *report) {
  return (struct view){
      .subject = subject,
      .report = report,
      .style = {.unit = (enum size_unit)request->config.unit,
                .precision = request->config.precision,
                .columns = request->config.columns,
                .sort = request->config.sort,
                .top = request->config.top,
                .source_root = request->source_root,
                .is_brief = request->only_changed},
      .by = request->by,
      .function = request->function,
      .has_own = request->has_own,
      .is_tree = request->is_tree,
      .only_changed = request->only_changed,
  };
}

static bool print(const struct request *request, const struct view *view) {
  struct outfile out;
  if (!outfile_open(&out, request->output, 0666))
    return false;
  if (request->view == TABLES ? request->format->run(view, &out)
                              : through_sink(request, view, &out))
    return outfile_commit(&out);
  outfile_cancel(&out);
  return false;
}

static enum status report(const struct request *request,
                          const struct subject *subject) {
  struct report picked = subject->report;
  if ((request->function || request->only_changed) &&
      !pick_functions(request, subject, &picked))
    return STATUS_USAGE;
  if (request->function && picked.function_count == 0) {
    error("no function of '%s' matches '%s'", subject->name, request->function);
    return STATUS_NOTHING;
  }
  struct view view = view_of(request, subject, &picked);
  struct verdicts verdicts;
  if (!print(request, &view) || !verdicts_list(&verdicts, &view))
    return STATUS_USAGE;
  if (request->view == TABLES && verdicts.counts[VERDICT_BROKEN])
    return STATUS_BROKEN;
  return report_is_measured(&picked) ? STATUS_FINE : STATUS_NOTHING;
}

/* Threads stand apart in tables, or in a list of their own. */
static unsigned parts_of(struct request *request) {
  if (request->view != TABLES)
    return 0;
  bool is_text = request->format == &formats[0];
  if (request->config.threads && request->by == BY_function && !is_text)
    request->by = BY_thread;
  if (request->is_tree)
    request->by = BY_context;
  switch (request->by) {
  case BY_function:
    return request->config.threads ? SUBJECT_THREADS : request->format->parts;
  case BY_thread:
    return SUBJECT_THREADS;
  case BY_test:
  case BY_context:
    return SUBJECT_CONTEXT_SUMS;
  default:
    return 0;
  }
}

static enum status run(int argc, char **argv) {
  static struct request request;
  static struct subject subject;
  enum status status;
  if (!read_request(&request, argc, argv, &status))
    return status;
  if (!subject_open(&subject, argv + optind, (size_t)(argc - optind),
                    parts_of(&request)))
    return STATUS_USAGE;
  status = report(&request, &subject);
  subject_close(&subject);
  return status;
}

#define FORMAT_HELP(NAME, PARTS, HELP) "  " #NAME ": " HELP "\n"
const struct command command_report = {
    .name = "report",
    .operands = "[FILE...]",
    .summary = "the tables of a profile",
    .details =
        "Prints the tables that the run printed at its end, or would have; or\n"
        "the same in another format, or another view of it. Formats:\n" FORMATS(
            FORMAT_HELP) "Without a file: those of the newest run in the "
                         "current directory\n"
                         "(*.mprof), all its processes. Several files: their "
                         "sum. Exit status\n"
                         "1: a limit was broken; 2: a file cannot be read; 3: "
                         "nothing was\n"
                         "measured.\n",
    .options = options,
    .run = run,
};
