/* launch.c - starts a program, passes signals on to it.
 *
 * What a terminal sends, it sends to the whole process group: the program has
 * it already. What somebody sends to us alone is meant for the program. */
#define _GNU_SOURCE
#include "launch.h"
#include "tool.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

static const int passed_on[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT,
                                SIGUSR1, SIGUSR2, SIGTSTP, SIGCONT};

/* Those of us whom no signal may end before the program. */
static void watch_signals(struct launch *launch) {
  sigset_t set;
  struct sigaction usual = {.sa_handler = SIG_DFL};
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++)
    sigaddset(&set, passed_on[i]);
  sigprocmask(SIG_BLOCK, &set, &launch->mask);
  sigaction(SIGCHLD, &usual, &launch->child_action); /* if it was ignored */
  launch->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool launch_fork(struct launch *launch) {
  int gate[2] = {-1, -1}, failure[2] = {-1, -1};
  *launch = (struct launch){.pid = -1};
  watch_signals(launch);
  if (launch->signals >= 0 && pipe2(gate, O_CLOEXEC) == 0 &&
      pipe2(failure, O_CLOEXEC) == 0)
    launch->pid = fork();
  if (launch->pid < 0)
    return error("cannot start a process: %s", strerror(errno));
  bool is_child = launch->pid == 0;
  launch->gate = is_child ? gate[0] : gate[1];
  launch->failure = is_child ? failure[1] : failure[0];
  close(is_child ? gate[1] : gate[0]);
  close(is_child ? failure[0] : failure[1]);
  if (!is_child) { /* a full disk, a closed pipe: we go on, as it does */
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
  }
  return true;
}

/* ---- In the child ---- */

_Noreturn void launch_become(struct launch *launch, char **argv,
                             launch_prepare *prepare, void *context) {
  char choice;
  if (read(launch->gate, &choice, 1) != 1)
    _exit(127); /* whoever started us is gone */
  if (prepare(context, choice)) {
    sigaction(SIGCHLD, &launch->child_action, NULL);
    sigprocmask(SIG_SETMASK, &launch->mask, NULL);
    execvp(*argv, argv);
  }
  int why = errno;
  if (write(launch->failure, &why, sizeof why) != sizeof why)
    why = ENOEXEC;
  _exit(why == ENOENT ? 127 : 126);
}

/* ---- In the parent ---- */

static void reap(struct launch *launch) {
  pid_t pid;
  int status;
  while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED | WCONTINUED)) > 0) {
    if (pid != launch->pid)
      continue; /* left over by one of its children */
    launch->is_stopped = WIFSTOPPED(status);
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      launch->has_ended = true;
      launch->status = status;
    }
  }
}

/* The shell that waits for us sees a stopped job. */
static void stop_with_it(struct launch *launch) {
  if (!launch->is_stopping || !launch->is_stopped)
    return;
  launch->is_stopping = false;
  raise(SIGSTOP);
}

int launch_go(struct launch *launch, char choice) {
  int why = 0;
  ssize_t got = 0;
  if (write(launch->gate, &choice, 1) == 1)
    do
      got = read(launch->failure, &why, sizeof why);
    while (got < 0 && errno == EINTR);
  close(launch->gate);
  close(launch->failure);
  return got == sizeof why ? why : 0;
}

void launch_handle(struct launch *launch) {
  struct signalfd_siginfo one;
  while (read(launch->signals, &one, sizeof one) == sizeof one) {
    int number = (int)one.ssi_signo;
    if (number == SIGCHLD)
      continue; /* several can have become one: looked at below */
    if (number == SIGTSTP)
      launch->is_stopping = true;
    if (number == SIGCONT)
      launch->is_stopping = false;
    if (one.ssi_code <= 0 && one.ssi_pid != (uint32_t)launch->pid &&
        !launch->has_ended)
      kill(launch->pid, number);
  }
  reap(launch);
  stop_with_it(launch);
}

void launch_release(struct launch *launch) {
  if (launch->signals >= 0)
    close(launch->signals);
  launch->signals = -1;
}
