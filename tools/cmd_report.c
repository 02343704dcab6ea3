/* cmd_report.c - `memprof report`: the table that the runtime prints, from
 * profile files. */
#include "common/glob.h"
#include "config.h"
#include "gather.h"
#include "input.h"
#include "render_views.h"
#include "tool.h"
#include <getopt.h>
#include <string.h>
#include <unistd.h>

/* ---- What the user asked for ---- */

struct request {
  enum { TABLES, SIZES, PEAK, META } view;
  struct mprt_config config; /* the options of the table, as in an ini */
  const char *function;      /* glob; NULL: all */
};

enum { FUNCTION = 256, STYLE, VIEW };

static const struct option options[] = {
    {"columns", required_argument, NULL, STYLE},
    {"function", required_argument, NULL, FUNCTION},
    {"help", no_argument, NULL, 'h'},
    {"meta", no_argument, NULL, VIEW + META},
    {"peak", no_argument, NULL, VIEW + PEAK},
    {"precision", required_argument, NULL, STYLE},
    {"sizes", no_argument, NULL, VIEW + SIZES},
    {"sort", required_argument, NULL, STYLE},
    {"threads", optional_argument, NULL, STYLE},
    {"top", required_argument, NULL, STYLE},
    {"unit", required_argument, NULL, STYLE},
    {NULL, 0, NULL, 0},
};

/* Returns false when there is nothing more to do, with *status set. */
static bool read_request(struct request *request, int argc, char **argv,
                         enum status *status) {
  char what[256];
  *request = (struct request){0};
  mprt_config_defaults(&request->config);
  *status = STATUS_USAGE;
  for (int option, which;
       (option = getopt_long(argc, argv, "h", options, &which)) >= 0;)
    switch (option) {
    case FUNCTION:
      request->function = optarg;
      break;
    case STYLE:
      if (mprt_config_set(&request->config, options[which].name,
                          optarg ? optarg : "yes", what, sizeof what))
        break;
      error("--%s", what);
      usage_error("report");
      return false;
    case VIEW + SIZES:
    case VIEW + PEAK:
    case VIEW + META:
      request->view = (unsigned)option - VIEW;
      break;
    case 'h':
      command_print_help(command_find("report"));
      *status = STATUS_FINE;
      return false;
    default:
      usage_error("report");
      return false;
    }
  return true;
}

/* ---- Printing ---- */

/* Leaves the functions that the glob matches. */
static void keep_functions(struct report *report, const char *glob) {
  size_t kept = 0;
  for (size_t i = 0; i < report->function_count; i++) {
    const struct function_rows *function = &report->functions[i];
    if (glob_list_match(glob, function->name, function->signature))
      report->functions[kept++] = *function;
  }
  report->function_count = kept;
}

static void print_view(const struct request *request, struct input *input,
                       struct report *report, struct sink *sink) {
  struct report_style style = {
      .unit = (enum size_unit)request->config.unit,
      .precision = request->config.precision,
      .columns = request->config.columns,
      .sort = request->config.sort,
      .top = request->config.top,
  };
  switch (request->view) {
  case TABLES:
    render_text(report, &style, &input->scratch, sink);
    break;
  case SIZES:
    render_sizes(report, sink);
    break;
  case PEAK:
    render_peak(report, &style, &input->scratch, sink);
    break;
  case META:
    render_meta(&input->profile, sink);
    break;
  }
}

static enum status print_report(const struct request *request,
                                struct input *input) {
  static struct sink sink;
  struct report report;
  bool by_thread = request->view == TABLES && request->config.threads;
  if (by_thread && input->profile.header->merged)
    error("'%s' has the threads of its parts added up", input->path);
  if (!report_build(&report, &input->profile, by_thread, &input->scratch)) {
    error("out of memory for the tables of '%s'", input->path);
    return STATUS_USAGE;
  }
  if (request->function) {
    keep_functions(&report, request->function);
    if (report.function_count == 0) {
      error("no function of '%s' matches '%s'", input->path, request->function);
      return STATUS_NOTHING;
    }
  }
  sink_init(&sink, STDOUT_FILENO);
  print_view(request, input, &report, &sink);
  int failure = sink_flush(&sink);
  if (failure) {
    error("cannot write to standard output: %s", strerror(failure));
    return STATUS_USAGE;
  }
  return report_is_measured(&report) ? STATUS_FINE : STATUS_NOTHING;
}

static enum status report_file(const struct request *request,
                               const char *path) {
  struct input input;
  if (!input_open(&input, path))
    return STATUS_USAGE;
  input_say_state(&input);
  enum status status = print_report(request, &input);
  input_close(&input);
  return status;
}

/* Several files as `merge` would have written them. */
static enum status report_files(const struct request *request, char **paths,
                                size_t count) {
  struct combined combined = {0};
  struct input sum = {.path = "the sum"};
  char what[256];
  enum status status = STATUS_USAGE;
  if (gather(&combined, paths, count)) {
    if (profile_open(&sum.profile, combined.image, combined_size(&combined),
                     &sum.scratch, what, sizeof what))
      status = print_report(request, &sum);
    else
      error("cannot add the files up: %s", what);
  }
  input_close(&sum);
  combined_release(&combined);
  return status;
}

static enum status report(const struct request *request, char **paths,
                          size_t count) {
  return count == 1 ? report_file(request, paths[0])
                    : report_files(request, paths, count);
}

enum status cmd_report(int argc, char **argv) {
  static struct request request;
  enum status status;
  if (!read_request(&request, argc, argv, &status))
    return status;
  if (optind < argc)
    return report(&request, argv + optind, (size_t)(argc - optind));
  char **paths;
  size_t count = input_find_newest(&paths);
  status = count ? report(&request, paths, count) : STATUS_USAGE;
  input_free_paths(paths, count);
  return status;
}
