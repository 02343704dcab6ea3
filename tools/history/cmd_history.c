/* cmd_history.c - `memprof history`: what functions took, commit by commit. */
#define _GNU_SOURCE
#include "history.h"
#include "options.h"
#include "outfile.h"
#include "render_compare.h"
#include "render_history.h"
#include "subject.h"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>

#define FILE_NAME "memprof-history.sqlite"

struct request {
  const char *path, *output, *functions, *root;
  struct history_range range;
  struct history_run run; /* what the command line says of the one to come */
  enum metric metric;
  bool has_metric;
  struct tolerance tolerances[METRIC_COUNT];
  char **operands;
  size_t operand_count;
};

enum {
  BRANCH = 1,
  COMMIT,
  DB,
  FUNCTION,
  LABEL,
  LAST,
  METRIC,
  OUTPUT,
  SINCE,
  SOURCE_ROOT,
  TOLERANCE
};

#define METRIC_WORD(METRIC, TYPE, TOLERANCE) "|" #METRIC
static const struct option_row options[] = {
    {"db", 0, "FILE",
     "the history; " FILE_NAME " in the current\ndirectory, or "
     "MEMPROF_HISTORY in the environment",
     DB},
    {"commit", 0, "NAME",
     "record: what was built; else what the CI's environment\n"
     "says (GITHUB_SHA, CI_COMMIT_SHA, GIT_COMMIT), or git",
     COMMIT},
    {"branch", 0, "NAME", "record: the branch; else likewise", BRANCH},
    {"label", 0, "TEXT",
     "what makes runs comparable: \"gcc, -O2\". All but list and\n"
     "export know only the runs of one label; without it those\n"
     "that have none",
     LABEL},
    {"function", 0, "GLOB", "only these functions: globs, ',' between them",
     FUNCTION},
    {"metric", 0, &(METRICS(METRIC_WORD))[1],
     "show, plot: this one, peak if none is named; check: only\nthis one",
     METRIC},
    {"last", 0, "N", "only the newest N runs; check: 20", LAST},
    {"since", 0, "COMMIT",
     "only the runs from this commit on: what was before is\naccepted", SINCE},
    {"tolerance", 't', "LIST",
     "check: how much a metric may grow: METRIC=AMOUNT, ','\n"
     "between them; 5%, 1KiB, 5%+1KiB or off",
     TOLERANCE},
    {"source-root", 0, "DIR",
     "record: what file names are relative to; the current\n"
     "directory if none is named",
     SOURCE_ROOT},
    {"output", 'o', "FILE", "there instead of on standard output", OUTPUT},
    {0},
};
#undef METRIC_WORD

/* ---- What the user asked for ---- */

static bool read_count(const char *text, size_t *count) {
  char *end;
  errno = 0;
  unsigned long value = strtoul(text, &end, 10);
  if (*text < '0' || *text > '9' || *end || errno || !value)
    return error("history: '%s' is no number of runs", text);
  *count = value;
  return true;
}

static bool set_option(struct request *request, const struct options *walk,
                       int key) {
  const char *value = walk->value;
  const char **const texts[] = {
      [BRANCH] = &request->run.branch, [COMMIT] = &request->run.commit,
      [DB] = &request->path,           [FUNCTION] = &request->functions,
      [LABEL] = &request->range.label, [OUTPUT] = &request->output,
      [SINCE] = &request->range.since, [SOURCE_ROOT] = &request->root,
  };
  switch (key) {
  case LAST:
    return read_count(value, &request->range.last);
  case METRIC:
    request->metric = (enum metric)walk->word;
    return (request->has_metric = true);
  case TOLERANCE:
    return tolerance_parse_list(request->tolerances, value);
  default:
    *texts[key] = value;
    return true;
  }
}

/* Returns false when there is nothing more to do, with *status set. */
static bool read_request(struct request *request, int argc, char **argv,
                         enum status *status) {
  struct options walk;
  const struct option_row *row;
  const char *named = getenv("MEMPROF_HISTORY");
  *request = (struct request){.path = named && *named ? named : FILE_NAME,
                              .metric = METRIC_peak};
  tolerance_defaults(request->tolerances);
  options_start(&walk, &command_history, argc, argv);
  while ((row = options_next(&walk)))
    if (!set_option(request, &walk, row->key))
      options_stop(&walk);
  *status = walk.status;
  if (walk.is_over)
    return false;
  request->operands = argv + optind;
  request->operand_count = (size_t)(argc - optind);
  return true;
}

/* ---- record ---- */

/* The first of the variables that is set; NULL: none. */
static const char *from_environment(const char *const *names) {
  for (; *names; names++) {
    const char *value = getenv(*names);
    if (value && *value)
      return value;
  }
  return NULL;
}

/* What git says, its first line, in *line (to free); NULL: nothing. */
static const char *from_git(const char *arguments, char **line) {
  char command[128];
  size_t room = 0;
  snprintf(command, sizeof command, "git %s 2>/dev/null", arguments);
  FILE *git = popen(command, "re");
  if (!git)
    return NULL;
  ssize_t length = getline(line, &room, git);
  if (pclose(git) != 0 || length <= 1)
    return NULL;
  (*line)[length - 1] = 0;
  return *line;
}

static void make_uuid(char out[33]) {
  unsigned char bytes[16];
  if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
    memset(bytes, 0, sizeof bytes); /* then the second run is refused */
  for (int i = 0; i < 16; i++)
    snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static enum status record(struct request *request, struct history *history) {
  static const char *const commits[] = {"GITHUB_SHA", "CI_COMMIT_SHA",
                                        "GIT_COMMIT", NULL};
  static const char *const branches[] = {
      "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME", "GIT_BRANCH", NULL};
  struct subject subject;
  struct snapshot snapshot;
  struct snapshot_style style = {request->root, request->functions};
  struct history_run run = request->run;
  struct utsname system = {0};
  char uuid[33], *commit = NULL, *branch = NULL;
  enum status status = STATUS_USAGE;
  bool is_new;
  uname(&system);
  make_uuid(uuid);
  if (!run.commit && !(run.commit = from_environment(commits)))
    run.commit = from_git("rev-parse --verify HEAD", &commit);
  if (!run.branch && !(run.branch = from_environment(branches)))
    run.branch = from_git("rev-parse --abbrev-ref HEAD", &branch);
  run.uuid = uuid;
  run.label = request->range.label;
  run.host = system.nodename;
  if (!run.commit) {
    error("history: no commit is known here: name it with --commit");
  } else if (subject_open(&subject, request->operands, request->operand_count,
                          0)) {
    run.time = (int64_t)(subject.profile->header->started_ns / 1000000000);
    if (!report_is_measured(&subject.report)) {
      error("'%s': nothing was measured: not recorded", subject.name);
      status = STATUS_NOTHING;
    } else if (snapshot_take(&snapshot, &subject.report, &style,
                             subject.scratch) &&
               history_add(history, &run, &snapshot, &is_new)) {
      status = STATUS_FINE;
    }
    subject_close(&subject);
  }
  free(commit);
  free(branch);
  return status;
}

/* ---- check ---- */

static void print_step(const struct history_table *table,
                       const struct history_function *function,
                       enum metric metric, const struct history_step *step) {
  if (*function->file) {
    print_name(stdout, function->file);
    printf(":%u: ", function->line);
  }
  print_name(stdout, function->signature);
  printf(": %s rose from %ju to %ju", metric_names[metric],
         (uintmax_t)step->before, (uintmax_t)step->after);
  char percent[64];
  percent_text(percent, sizeof percent, step->before, step->after);
  if (*percent)
    printf(" (%s)", percent);
  fputs(" at commit ", stdout);
  print_name(stdout, table->runs.runs[step->at].commit);
  size_t since = table->runs.count - step->at;
  printf(", %zu run%s ago\n", since, since == 1 ? "" : "s");
}

/* Of each function each metric whose level rose and has not come back. */
static size_t find_steps(const struct request *request,
                         const struct history_table *table) {
  size_t found = 0;
  uint64_t *values = calloc(table->runs.count, sizeof *values);
  for (size_t i = 0; values && i < table->count; i++)
    for (enum metric m = 0; m < METRIC_COUNT; m++) {
      struct history_step step;
      if (request->tolerances[m].is_off ||
          (request->has_metric && request->metric != m))
        continue;
      for (size_t r = 0; r < table->runs.count; r++)
        values[r] = table->functions[i].values[r][m];
      if (!history_step_find(values, table->runs.count, &request->tolerances[m],
                             &step))
        continue;
      print_step(table, &table->functions[i], m, &step);
      found++;
    }
  free(values);
  return found;
}

static enum status check(struct request *request, struct history *history) {
  struct scratch scratch = {0};
  struct history_table table;
  enum status status = STATUS_USAGE;
  if (!request->range.last)
    request->range.last = 20;
  if (history_table(history, &request->range, request->functions, &table,
                    &scratch)) {
    if (table.runs.count < 2) {
      error("history: %zu run%s to compare: record more, or look at --label",
            table.runs.count, table.runs.count == 1 ? "" : "s");
      status = STATUS_NOTHING;
    } else {
      status = find_steps(request, &table) ? STATUS_BROKEN : STATUS_FINE;
    }
  }
  scratch_release(&scratch);
  return status;
}

/* ---- list, show, plot, export, import ---- */

static enum status list(struct request *request, struct history *history) {
  struct scratch scratch = {0};
  struct history_runs runs;
  struct outfile out;
  bool is_done = history_runs(history, &request->range, &runs, &scratch) &&
                 outfile_open(&out, request->output, 0666);
  if (is_done) {
    render_history_list(&runs, out.file);
    is_done = outfile_commit(&out);
  }
  scratch_release(&scratch);
  return is_done ? STATUS_FINE : STATUS_USAGE;
}

/* The functions asked for: by --function, or as operands. Returns false, with
 * *status set, when there is none. */
static bool find_functions(struct request *request, struct history *history,
                           struct history_table *table, struct scratch *scratch,
                           enum status *status) {
  const char *globs =
      request->operand_count ? request->operands[0] : request->functions;
  *status = STATUS_USAGE;
  if (request->operand_count > 1)
    return error("history: unexpected '%s': one glob, or several with ',' "
                 "between them",
                 request->operands[1]);
  if (!history_table(history, &request->range, globs, table, scratch))
    return false;
  if (table->count)
    return true;
  *status = STATUS_NOTHING;
  return error("no function of '%s' matches '%s'", history->path,
               globs ? globs : "*");
}

static enum status show(struct request *request, struct history *history) {
  struct scratch scratch = {0};
  struct history_table table;
  struct outfile out;
  enum status status;
  if (find_functions(request, history, &table, &scratch, &status) &&
      outfile_open(&out, request->output, 0666)) {
    render_history_table(&table, request->metric, out.file);
    status = outfile_commit(&out) ? STATUS_FINE : STATUS_USAGE;
  }
  scratch_release(&scratch);
  return status;
}

static bool write_picture(const struct request *request,
                          const struct drawing *drawing) {
  struct outfile out;
  const char *dot = request->output ? strrchr(request->output, '.') : NULL;
  if (!outfile_open(&out, request->output, 0666))
    return false;
  if (!dot || strcmp(dot, ".png") != 0)
    drawing_write_svg(drawing, out.file);
  else if (!drawing_write_png(drawing, out.file)) {
    outfile_cancel(&out);
    return false;
  }
  return outfile_commit(&out);
}

static enum status plot(struct request *request, struct history *history) {
  struct scratch scratch = {0};
  struct history_table table;
  struct drawing drawing = {.scratch = &scratch};
  enum status status;
  if (find_functions(request, history, &table, &scratch, &status)) {
    status = STATUS_USAGE;
    if (table.count > 1)
      error("history: %zu functions match: name one, as in 'memprof history "
            "plot FUNCTION'; 'memprof history show' lists them",
            table.count);
    else if (render_history_plot(&table, &table.functions[0], request->metric,
                                 &drawing) &&
             write_picture(request, &drawing))
      status = STATUS_FINE;
  }
  scratch_release(&scratch);
  return status;
}

static enum status export_lines(struct request *request,
                                struct history *history) {
  struct outfile out;
  if (!outfile_open(&out, request->output, 0666))
    return STATUS_USAGE;
  if (history_export(history, &request->range, out.file))
    return outfile_commit(&out) ? STATUS_FINE : STATUS_USAGE;
  outfile_cancel(&out);
  return STATUS_USAGE;
}

static enum status import_lines(struct request *request,
                                struct history *history) {
  size_t added = 0, known = 0;
  bool is_done = request->operand_count > 0 ||
                 error("history: import which file? '-' is standard input");
  for (size_t i = 0; is_done && i < request->operand_count; i++)
    is_done = history_import(history, request->operands[i], &added, &known);
  fprintf(stderr, "memprof: %zu run%s added, %zu known already\n", added,
          added == 1 ? "" : "s", known);
  return is_done ? STATUS_FINE : STATUS_USAGE;
}

/* ---- The command ---- */

enum {
  MAKES = 1,      /* a history that is not there */
  UNLABELLED = 2, /* without --label: the runs that have none */
  ALONE = 4       /* takes no operands */
};

static const struct verb {
  const char *name;
  unsigned flags;
  enum status (*run)(struct request *request, struct history *history);
} verbs[] = {
    {"record", MAKES | UNLABELLED, record},
    {"list", ALONE, list},
    {"show", UNLABELLED, show},
    {"plot", UNLABELLED, plot},
    {"check", UNLABELLED | ALONE, check},
    {"export", ALONE, export_lines},
    {"import", MAKES, import_lines},
};
enum { VERBS = sizeof verbs / sizeof *verbs };

static const struct verb *find_verb(const char *name) {
  for (size_t i = 0; i < VERBS; i++)
    if (strcmp(verbs[i].name, name) == 0)
      return &verbs[i];
  error("history: unknown '%s': record, list, show, plot, check, export or "
        "import",
        name);
  return NULL;
}

static enum status run(int argc, char **argv) {
  static struct request request;
  struct history history;
  enum status status;
  if (!read_request(&request, argc, argv, &status))
    return status;
  if (!request.operand_count) {
    error("history: what about it? record, list, show, plot, check, export or "
          "import");
    return usage_error("history");
  }
  const struct verb *verb = find_verb(request.operands[0]);
  if (!verb)
    return usage_error("history");
  request.operands++;
  request.operand_count--;
  if (verb->flags & ALONE && request.operand_count) {
    error("history %s: unexpected '%s'", verb->name, request.operands[0]);
    return usage_error("history");
  }
  if (verb->flags & UNLABELLED && !request.range.label)
    request.range.label = "";
  if (!history_open(&history, request.path, verb->flags & MAKES))
    return STATUS_USAGE;
  status = verb->run(&request, &history);
  history_close(&history);
  return status;
}

const struct command command_history = {
    .name = "history",
    .operands = "record|list|show|plot|check|export|import [OPERAND...]",
    .summary = "what functions took, commit by commit",
    .details =
        "  record [FILE...]  adds a run: the files' sum, or the newest run in\n"
        "                    the current directory\n"
        "  list              the runs\n"
        "  show [GLOB]       a metric of each function, run by run\n"
        "  plot FUNCTION     the same as a picture, SVG or PNG by --output\n"
        "  check             where a metric rose, of the last runs, and did\n"
        "                    not come back. Exit status 1: it did somewhere\n"
        "  export            JSON lines, one run each\n"
        "  import FILE...    adds the runs of such lines that are not there\n\n"
        "Runs are kept in one SQLite file, which many jobs may share. Exit\n"
        "status 2: a file cannot be read; 3: there is nothing to compare.\n",
    .options = options,
    .run = run,
};
