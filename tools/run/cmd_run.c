/* cmd_run.c - `memprof run`: wakes a program, samples what it takes, passes on
 * its status. */
#define _GNU_SOURCE
#include "common/command.h"
#include "launch.h"
#include "listing.h"
#include "recording.h"
#include "run_request.h"
#include "wake.h"
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STATUS_TIMEOUT = 124 }; /* as timeout(1) */

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
static bool wait_for_end(const struct run_request *request,
                         struct launch *launch, struct sampler *sampler) {
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

static void command_of(char **argv, char *out, size_t capacity) {
  char words[4096];
  size_t length = 0;
  for (; *argv && length + strlen(*argv) + 1 <= sizeof words; argv++) {
    strcpy(words + length, *argv);
    length += strlen(*argv) + 1;
  }
  command_text(out, capacity, words, length);
}

static void record_facts(struct recording *recording,
                         const struct run_request *request, pid_t pid,
                         const char *command) {
  struct utsname system;
  char link[64], program[PATH_MAX];
  snprintf(link, sizeof link, "/proc/%ld/exe", (long)pid);
  ssize_t length = readlink(link, program, sizeof program - 1);
  program[length > 0 ? length : 0] = '\0';
  recording_meta(recording, MEMPROF_META_command, command);
  recording_meta(recording, MEMPROF_META_program,
                 *program ? program : *request->argv);
  if (uname(&system) == 0)
    recording_meta(recording, MEMPROF_META_host, system.nodename);
}

/* ---- At its end ---- */

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

static void say_where(const struct run_request *request, const char *path,
                      bool is_measured) {
  const char *shown = path_from_here(path);
  char quoted[2 * PATH_MAX];
  size_t others = listing_count_others(path, request->run);
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

/* The option `require`, of a program that cannot obey it: the runtime is not
 * linked, or sleeps. One that wakes in a child of the program speaks for
 * itself. */
static enum status check_required(const struct run_request *request,
                                  const char *path, enum status status) {
  if (!request->config.require || listing_count_others(path, request->run))
    return status;
  error("require: nothing was measured: '%s' is not linked with MemProf, or "
        "sleeps",
        request->program);
  return status ? status : (enum status)request->config.exitcode;
}

static enum status say_not_started(const struct run_request *request, int why) {
  error("cannot run '%s': %s", *request->argv, strerror(why));
  return (enum status)(why == ENOENT ? 127 : 126);
}

/* The file for the samples; without it the program runs, too. */
static enum choice open_recording(const struct run_request *request, pid_t pid,
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

static enum status run_program(const struct run_request *request,
                               struct launch *launch, struct sampler *sampler) {
  static char profile[PATH_MAX];
  char command[4096];
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
  command_of(request->argv, command, sizeof command);
  if (choice == WITH_FILE)
    record_facts(&recording, request, launch->pid, command);
  sampler_start(sampler, &recording, launch->pid, command);
  bool is_timeout = wait_for_end(request, launch, sampler);
  struct ending ending = ending_of(launch);
  if (is_timeout)
    error("'%s' was out of time", request->program);
  else if (ending.end == MEMPROF_END_SIGNAL)
    error("'%s' was ended by signal %d (%s)", request->program, ending.status,
          strsignal(ending.status));
  enum status status = passed_on(&ending, is_timeout);
  if (choice == WITH_FILE) {
    bool is_measured = recording_finish(&recording, profile, &ending, &path);
    if (path)
      say_where(request, path, is_measured);
    if (path && !is_measured)
      status = check_required(request, path, status);
    free(path);
  }
  return status;
}

static enum status run_it(struct run_request *request) {
  struct launch launch;
  struct sampler sampler;
  enum status status = STATUS_USAGE;
  sampler_init(&sampler, request->children, request->interval_ns);
  prctl(PR_SET_CHILD_SUBREAPER, request->children != CHILDREN_LEFT_OUT, 0, 0,
        0);
  if (launch_fork(&launch)) {
    if (launch.pid == 0)
      launch_become(&launch, request->argv, run_request_prepare, request);
    status = run_program(request, &launch, &sampler);
    launch_release(&launch);
  }
  sampler_release(&sampler);
  return status;
}

static enum status run(int argc, char **argv) {
  static struct run_request request;
  enum status status;
  if (run_request_read(&request, argc, argv, &status))
    status = run_it(&request);
  run_request_release(&request);
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
    .options = run_options,
    .is_wrapper = true,
    .run = run,
};
