/* cmd_run.c - `memprof run`: wakes a program, samples what it takes, passes on
 * its status. */
#define _GNU_SOURCE
#include "common/command.h"
#include "config.h"
#include "launch.h"
#include "listing.h"
#include "options.h"
#include "recording.h"
#include "runtime_messages.h"
#include "sampler.h"
#include "wake.h"
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/timerfd.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STATUS_TIMEOUT = 124 }; /* as timeout(1) */

struct request {
  char **argv; /* the program and its arguments */
  const char *program;
  uint64_t interval_ns, timeout_ns, kill_after_ns; /* timeout 0: none */
  enum sampled_children children;
  char library[PATH_MAX];        /* to preload; "": none */
  struct mprt_config config;     /* as the program will read it */
  char *items;                   /* of PROFILE_MEMORY_OPTIONS */
  char output[MEMPROF_TEXT_MAX]; /* the pattern of the profiles, absolute */
  uint64_t started_ns, run;
};

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

static const struct option_row options[] = {
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
static bool read_settings(struct request *request) {
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

static bool take_config(struct request *request, struct options *walk,
                        const struct option_row *row) {
  if (!config_option(walk, row, &request->config))
    return true;                        /* it was said, and the walk is over */
  if (strcmp(row->name, "output") == 0) /* made absolute, and added, later */
    return strcmp(walk->value, "none") != 0 ||
           error("run: a run has a profile: --output takes a path");
  return add_item(&request->items, row->name,
                  walk->value ? walk->value : "yes");
}

static bool take_option(struct request *request, struct options *walk,
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
static bool read_request(struct request *request, int argc, char **argv,
                         enum status *status) {
  struct options walk;
  const struct option_row *row;
  *request = (struct request){.interval_ns = 100000000,
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
  return true;
}

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
static bool make_output(struct request *request) {
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

/* As a user in this directory would name it. */
static const char *path_from_here(const char *path) {
  static char directory[PATH_MAX];
  if (!getcwd(directory, sizeof directory))
    return path;
  size_t length = strlen(directory);
  return strncmp(path, directory, length) == 0 && path[length] == '/'
             ? path + length + 1
             : path;
}

/* ---- In the program's process, before it begins ---- */

/* Whether there is a file for the samples: what cannot be written is said once,
 * and not by the runtime again. */
enum choice { WITH_FILE = 'f', WITHOUT_FILE = 'n' };

static bool set_preload(const char *library) {
  char *all;
  const char *old = getenv("LD_PRELOAD");
  return asprintf(&all, "%s%s%s", library, old && *old ? ":" : "",
                  old ? old : "") >= 0 &&
         setenv("LD_PRELOAD", all, 1) == 0;
}

static bool prepare(void *context, char choice) {
  struct request *request = context;
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

/* ---- While it runs ---- */

static int timer(uint64_t first_ns, uint64_t interval_ns) {
  const struct itimerspec when = {
      .it_value = {(time_t)(first_ns / 1000000000), first_ns % 1000000000},
      .it_interval = {(time_t)(interval_ns / 1000000000),
                      interval_ns % 1000000000}};
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (fd >= 0 && first_ns)
    timerfd_settime(fd, 0, &when, NULL);
  return fd;
}

static bool has_expired(int timer_fd) {
  uint64_t times;
  return read(timer_fd, &times, sizeof times) == sizeof times;
}

/* To all that it started: a shell would leave its children behind. */
static void signal_all(const struct launch *launch,
                       const struct sampler *sampler, int number) {
  struct pids pids = {0};
  if (!processes_below(&pids, &sampler->strangers))
    kill(launch->pid, number);
  for (size_t i = 0; i < pids.count; i++) {
    kill(pids.pids[i], number);
    kill(pids.pids[i], SIGCONT);
  }
  free(pids.pids);
}

/* Returns whether the program was out of time. */
static bool wait_for_end(const struct request *request, struct launch *launch,
                         struct sampler *sampler) {
  enum { SIGNALS, TICKS, DEADLINE, COUNT };
  int deadline_signal = SIGTERM;
  struct pollfd fds[COUNT] = {
      {launch->signals, POLLIN, 0},
      {sampler->to->fd < 0 ? -1
                           : timer(request->interval_ns, request->interval_ns),
       POLLIN, 0},
      {timer(request->timeout_ns, 0), POLLIN, 0}};
  if (sampler->to->fd >= 0)
    sampler_take(sampler);
  while (!launch->has_ended) {
    if (poll(fds, COUNT, -1) < 0)
      continue;
    if (fds[SIGNALS].revents)
      launch_handle(launch);
    if (launch->has_ended)
      break;
    if (fds[TICKS].revents && has_expired(fds[TICKS].fd))
      sampler_take(sampler);
    if (fds[DEADLINE].revents && has_expired(fds[DEADLINE].fd)) {
      signal_all(launch, sampler, deadline_signal);
      deadline_signal = SIGKILL;
      close(fds[DEADLINE].fd);
      fds[DEADLINE].fd = timer(request->kill_after_ns + 1, 0);
    }
  }
  close(fds[DEADLINE].fd);
  if (fds[TICKS].fd >= 0)
    close(fds[TICKS].fd);
  return deadline_signal == SIGKILL;
}

/* ---- What is known of it ---- */

static void record_command(struct recording *recording, char **argv) {
  char words[4096], text[4096];
  size_t length = 0;
  for (; *argv && length + strlen(*argv) + 1 <= sizeof words; argv++) {
    strcpy(words + length, *argv);
    length += strlen(*argv) + 1;
  }
  command_text(text, sizeof text, words, length);
  recording_meta(recording, MEMPROF_META_command, text);
}

static void record_facts(struct recording *recording,
                         const struct request *request, pid_t pid) {
  struct utsname system;
  char link[64], program[PATH_MAX];
  snprintf(link, sizeof link, "/proc/%ld/exe", (long)pid);
  ssize_t length = readlink(link, program, sizeof program - 1);
  program[length > 0 ? length : 0] = '\0';
  record_command(recording, request->argv);
  recording_meta(recording, MEMPROF_META_program,
                 *program ? program : *request->argv);
  if (uname(&system) == 0)
    recording_meta(recording, MEMPROF_META_host, system.nodename);
}

/* ---- At its end ---- */

/* How many other processes of the run left a profile there. */
static size_t count_others(const char *path, uint64_t run) {
  struct listing listing;
  size_t count = 0;
  char *directory = strdup(path),
       *slash = directory ? strrchr(directory, '/') : NULL;
  if (slash) {
    slash[slash == directory] = '\0';
    if (listing_open(&listing, directory)) {
      for (size_t i = 0; i < listing.count; i++)
        count += listing.items[i].header.run == run &&
                 strcmp(listing.items[i].path, path) != 0;
      listing_close(&listing);
    }
  }
  free(directory);
  return count;
}

/* `report` without a name takes all of the newest run, where they are. */
static void say_run(const char *path, size_t others) {
  char quoted[2 * PATH_MAX], directory[PATH_MAX];
  const char *slash = strrchr(path, '/');
  if (!slash) {
    error("profile '%s', and %zu of other processes; next: memprof report",
          path, others);
    return;
  }
  snprintf(directory, sizeof directory, "%.*s", (int)(slash - path), path);
  command_text(quoted, sizeof quoted, directory, strlen(directory) + 1);
  error("profile '%s', and %zu of other processes; next: cd %s && memprof "
        "report",
        path, others, quoted);
}

static void say_where(const struct request *request, const char *path,
                      bool is_measured) {
  const char *shown = path_from_here(path);
  char quoted[2 * PATH_MAX];
  size_t others = count_others(path, request->run);
  command_text(quoted, sizeof quoted, shown, strlen(shown) + 1);
  if (others)
    say_run(shown, others);
  else if (is_measured)
    error("profile '%s'; next: memprof report %s", shown, quoted);
  else
    error("nothing of MemProf woke in '%s': profile '%s' has its memory over "
          "time; next: memprof plot %s",
          request->program, shown, quoted);
}

static struct ending ending_of(const struct launch *launch) {
  int status = launch->status;
  return WIFSIGNALED(status) ? (struct ending){launch->pid, MEMPROF_END_SIGNAL,
                                               WTERMSIG(status)}
                             : (struct ending){launch->pid, MEMPROF_END_EXIT,
                                               WEXITSTATUS(status)};
}

static enum status passed_on(const struct ending *ending, bool is_timeout) {
  if (is_timeout)
    return (enum status)STATUS_TIMEOUT;
  return (enum status)(ending->end == MEMPROF_END_SIGNAL ? 128 + ending->status
                                                         : ending->status);
}

/* ---- The command ---- */

static enum status say_not_started(const struct request *request, int why) {
  error("cannot run '%s': %s", *request->argv, strerror(why));
  return (enum status)(why == ENOENT ? 127 : 126);
}

/* The file for the samples; without it the program runs, too. */
static enum choice open_recording(const struct request *request, pid_t pid,
                                  struct recording *recording, char *profile) {
  *profile = '\0';
  if (mprt_pattern_expand_as(request->program, pid, request->output,
                             request->started_ns, profile, PATH_MAX) &&
      recording_open(recording, profile, request->run, request->started_ns,
                     request->config.max_file))
    return WITH_FILE;
  error("cannot make the profile '%s': %s; the program runs without one",
        path_from_here(*profile ? profile : request->output), strerror(errno));
  recording->fd = -1;
  return WITHOUT_FILE;
}

static enum status run_program(const struct request *request,
                               struct launch *launch, struct sampler *sampler) {
  static char profile[PATH_MAX];
  struct recording recording;
  char *path;
  enum choice choice =
      open_recording(request, launch->pid, &recording, profile);
  int why = launch_go(launch, (char)choice);
  if (why) {
    if (choice == WITH_FILE)
      recording_cancel(&recording);
    return say_not_started(request, why);
  }
  if (choice == WITH_FILE)
    record_facts(&recording, request, launch->pid);
  sampler_start(sampler, &recording, launch->pid);
  bool is_timeout = wait_for_end(request, launch, sampler);
  struct ending ending = ending_of(launch);
  if (is_timeout)
    error("'%s' was out of time", request->program);
  else if (ending.end == MEMPROF_END_SIGNAL)
    error("'%s' was ended by signal %d (%s)", request->program, ending.status,
          strsignal(ending.status));
  if (choice == WITH_FILE) {
    bool is_measured = recording_finish(&recording, profile, &ending, &path);
    if (path)
      say_where(request, path, is_measured);
    free(path);
  }
  return passed_on(&ending, is_timeout);
}

static enum status run_request(struct request *request) {
  struct launch launch;
  struct sampler sampler;
  enum status status = STATUS_USAGE;
  sampler_init(&sampler, request->children, request->interval_ns);
  prctl(PR_SET_CHILD_SUBREAPER, request->children != CHILDREN_LEFT_OUT, 0, 0,
        0);
  if (launch_fork(&launch)) {
    if (launch.pid == 0)
      launch_become(&launch, request->argv, prepare, request);
    status = run_program(request, &launch, &sampler);
    launch_release(&launch);
  }
  sampler_release(&sampler);
  return status;
}

static enum status run(int argc, char **argv) {
  static struct request request;
  enum status status;
  if (read_request(&request, argc, argv, &status)) {
    request.started_ns = clock_ns(CLOCK_REALTIME);
    if (getrandom(&request.run, sizeof request.run, 0) != sizeof request.run)
      request.run = request.started_ns ^ (uint64_t)getpid() << 40;
    status = make_output(&request) ? run_request(&request) : STATUS_USAGE;
  }
  free(request.items);
  return status;
}

const struct command command_run = {
    .name = "run",
    .operands = "[--] PROGRAM [ARGUMENT...]",
    .summary = "runs a program awake, and samples its memory over time",
    .details =
        "Runs the program with PROFILE_MEMORY=1 and writes its profile,\n"
        "memprof.<program>.<start>.<pid>.mprof in the current directory or "
        "where\n"
        "--output says, with samples of what it takes: resident, proportional "
        "and\n"
        "unique set, and live blocks. A program without marks has the samples "
        "alone.\n"
        "Signals go to the program; its exit status comes back: 128 and the "
        "signal if\n"
        "one ended it, 124 if it was out of time, 127 if it was not found, "
        "126 if it\n"
        "could not be run. The keys of [profile] are options: they beat what "
        "the\n"
        "environment and the ini say.\n",
    .options = options,
    .is_wrapper = true,
    .run = run,
};
