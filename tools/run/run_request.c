/* run_request.c - reads the options of `memprof run`, and hands on to the
 * program what is meant for it. */
#define _GNU_SOURCE
#include "run_request.h"
#include "runtime_messages.h"
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

/* ---- Where the profiles will be ---- */

static bool path_add(char *path, const char *text, size_t length) {
  size_t have = strlen(path);
  if (length >= MEMPROF_TEXT_MAX - have)
    return error("run: the path of the profile is longer than %d bytes",
                 MEMPROF_TEXT_MAX - 1);
  memcpy(path + have, text, length);
  path[have + length] = '\0';
  return true;
}

/* A directory's name is no pattern. */
static bool path_add_directory(char *path, const char *directory) {
  bool is_added = true;
  for (; is_added && *directory; directory++)
    is_added = path_add(path, *directory == '%' ? "%%" : directory,
                        *directory == '%' ? 2 : 1);
  return is_added && path_add(path, "/", 1);
}

/* %t is the start of the run for all its processes. */
static bool path_add_pattern(char *path, const char *pattern,
                             uint64_t started_ns) {
  char start[24];
  bool is_added = true;
  snprintf(start, sizeof start, "%" PRIu64, started_ns / 1000000000);
  while (is_added && *pattern) {
    size_t length = *pattern == '%' && pattern[1] ? 2 : 1;
    bool is_start = length == 2 && pattern[1] == 't';
    is_added = path_add(path, is_start ? start : pattern,
                        is_start ? strlen(start) : length);
    pattern += length;
  }
  return is_added;
}

/* Absolute, so that processes in other directories write beside it. */
static bool make_output(struct run_request *request) {
  const char *pattern = request->config.output;
  if (strcmp(pattern, "none") == 0)
    pattern = "memprof.%e.%t.%p.mprof";
  if (*pattern != '/') {
    char *directory = getcwd(NULL, 0);
    bool is_added = directory ? path_add_directory(request->output, directory)
                              : error("run: cannot tell the current "
                                      "directory: %s",
                                      strerror(errno));
    free(directory);
    if (!is_added)
      return false;
  }
  if (!path_add_pattern(request->output, pattern, request->started_ns))
    return false;
  return !strchr(request->output, '\'') || !strchr(request->output, '"') ||
         error("run: the profile's path cannot have both kinds of quotes: %s",
               request->output);
}

/* ---- What the user asked for ---- */

enum {
  CHILDREN = 1,
  MULTIPROCESS,
  INTERVAL,
  KILL_AFTER,
  PRELOAD,
  TIMEOUT,
};

/* -o is --output. */
#define LETTER(KEY) MPRT_CONFIG_SECOND(LETTER_OF_##KEY, 0, )
#define LETTER_OF_output , 'o'
#define CONFIG_ROW(KEY, TYPE, DEFAULT, VALUES, HELP)                           \
  {#KEY, LETTER(KEY), OPTION_ARGUMENT_##TYPE(VALUES), HELP, OPTION_CONFIG},

const struct option_row run_options[] = {
    {"include-children", 'C', NULL,
     "sample what the program starts, too: one curve, their sum", CHILDREN},
    {"multiprocess", 'M', NULL,
     "sample what the program starts, too: a curve for each process",
     MULTIPROCESS},
    {"interval", 'T', "SECONDS",
     "between two samples; 0.1 if none is named. More where a\nsample takes "
     "long: sampling takes a fifth of one core at most",
     INTERVAL},
    {"timeout", 't', "SECONDS",
     "then the program and all that it started get SIGTERM", TIMEOUT},
    {"kill-after", 'k', "SECONDS",
     "and so much later SIGKILL; 5 if none is "
     "named",
     KILL_AFTER},
    {"preload", 0, NULL,
     "for a program that reaches libmemprof.so late, through a library",
     PRELOAD},
    MEMPROF_OPTIONS(CONFIG_ROW){0},
};

static bool parse_seconds(const struct option_row *row, const char *text,
                          double least, double most, uint64_t *ns) {
  char *end;
  double seconds = strtod(text, &end);
  if (end == text || *end || !(seconds >= least && seconds <= most))
    return error("--%s: '%.60s' is not a number of seconds within %g..%.0f",
                 row->name, text, least, most);
  *ns = (uint64_t)(seconds * 1e9);
  return true;
}

/* Adds ":key='value'". */
static bool add_item(char **items, const char *key, const char *value) {
  char quote = strchr(value, '\'') ? '"' : '\'', *longer;
  if (strchr(value, quote))
    return error("--%s: a value cannot have both kinds of quotes: %s", key,
                 value);
  if (asprintf(&longer, "%s%s%s=%c%s%c", *items ? *items : "",
               *items ? ":" : "", key, quote, value, quote) < 0)
    return error("out of memory for the options");
  free(*items);
  *items = longer;
  return true;
}

/* What the environment and the ini say; the program will say what is wrong in
 * them. */
static bool read_settings(struct run_request *request) {
  const char *text = getenv(MEMPROF_ENV_OPTIONS);
  runtime_is_muted = true;
  mprt_config_load(&request->config, true);
  runtime_is_muted = false;
  request->config.enable = true; /* unless an option says no */
  if (!text || !*text)
    return true;
  request->items = strdup(text);
  return request->items || error("out of memory for the options");
}

/* libmemprof.so as it is built and installed: ../lib/ from here. */
static bool find_library(char *path, size_t capacity) {
  char self[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
  self[length > 0 ? length : 0] = '\0';
  char *slash = strrchr(self, '/');
  int wanted = snprintf(path, capacity, "%.*s/../lib/libmemprof.so",
                        (int)(slash ? slash - self : 0), self);
  if (!slash || wanted < 0 || (size_t)wanted >= capacity ||
      access(path, R_OK) != 0)
    return error("--preload: cannot read '%s': it has to stand where it was "
                 "built or installed with this tool",
                 path);
  return !path[strcspn(path, ": ")] ||
         error("--preload: '%s' has a blank or a colon, with which LD_PRELOAD "
               "cannot name it",
               path);
}

static bool take_config(struct run_request *request, struct options *walk,
                        const struct option_row *row) {
  if (!config_option(walk, row, &request->config))
    return true;                        /* it was said, and the walk is over */
  if (strcmp(row->name, "output") == 0) /* made absolute, and added, later */
    return strcmp(walk->value, "none") != 0 ||
           error("run: a run has a profile: --output takes a path");
  return add_item(&request->items, row->name,
                  walk->value ? walk->value : "yes");
}

static bool take_option(struct run_request *request, struct options *walk,
                        const struct option_row *row) {
  switch (row->key) {
  case CHILDREN:
    request->children = CHILDREN_SUMMED;
    return true;
  case MULTIPROCESS:
    request->children = CHILDREN_APART;
    return true;
  case INTERVAL:
    return parse_seconds(row, walk->value, 0.001, 3600, &request->interval_ns);
  case KILL_AFTER:
    return parse_seconds(row, walk->value, 0, 1e9, &request->kill_after_ns);
  case TIMEOUT:
    return parse_seconds(row, walk->value, 0.001, 1e9, &request->timeout_ns);
  case PRELOAD:
    return find_library(request->library, sizeof request->library);
  default:
    return take_config(request, walk, row);
  }
}

/* Returns false when there is nothing to run, with *status set. */
bool run_request_read(struct run_request *request, int argc, char **argv,
                      enum status *status) {
  struct options walk;
  const struct option_row *row;
  *request = (struct run_request){.interval_ns = 100000000,
                                  .kill_after_ns = UINT64_C(5000000000)};
  *status = STATUS_USAGE;
  if (!read_settings(request))
    return false;
  options_start(&walk, &command_run, argc, argv);
  while ((row = options_next(&walk)))
    if (!take_option(request, &walk, row))
      options_stop(&walk);
  if (walk.is_over) {
    *status = walk.status;
    return false;
  }
  if (optind == argc) {
    error("run: no program is named");
    *status = usage_error("run");
    return false;
  }
  request->argv = argv + optind;
  const char *slash = strrchr(*request->argv, '/');
  request->program = slash ? slash + 1 : *request->argv;
  request->started_ns = clock_ns(CLOCK_REALTIME);
  if (getrandom(&request->run, sizeof request->run, 0) != sizeof request->run)
    request->run = request->started_ns ^ (uint64_t)getpid() << 40;
  return make_output(request);
}

void run_request_release(struct run_request *request) { free(request->items); }

/* ---- In the program's process, before it begins ---- */

static bool set_preload(const char *library) {
  char *all;
  const char *old = getenv("LD_PRELOAD");
  return asprintf(&all, "%s%s%s", library, old && *old ? ":" : "",
                  old ? old : "") >= 0 &&
         setenv("LD_PRELOAD", all, 1) == 0;
}

bool run_request_prepare(void *context, char choice) {
  struct run_request *request = context;
  char run[17];
  snprintf(run, sizeof run, "%016" PRIx64, request->run);
  return add_item(&request->items, "output",
                  choice == WITH_FILE ? request->output : "none") &&
         setenv(MEMPROF_ENV_SWITCH, request->config.enable ? "1" : "0", 1) ==
             0 &&
         setenv(MEMPROF_ENV_OPTIONS, request->items, 1) == 0 &&
         setenv(MEMPROF_ENV_RUN, run, 1) == 0 &&
         (!*request->library || set_preload(request->library));
}
