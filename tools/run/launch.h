/* launch.h - a program that runs under `memprof run`: started, told what we are
 * told, waited for. It stays in our process group, so that the terminal is its
 * own, and has our standard streams. */
#ifndef MEMPROF_LAUNCH_H
#define MEMPROF_LAUNCH_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

struct launch {
  pid_t pid;
  int gate;      /* its end says that the program may start */
  int failure;   /* errno of exec comes out of it */
  int signals;   /* signalfd of those that are passed on, and of children */
  sigset_t mask; /* of ours, as it was */
  struct sigaction child_action;
  bool is_stopping; /* we were told to stop: when the program does */
  bool is_stopped;  /* it has */
  bool has_ended;
  int status; /* of waitpid() */
};

/* Makes the process, which waits. Returns false after error(). */
bool launch_fork(struct launch *launch);
/* In it: waits for launch_go, sets what it is told there, becomes the program.
 */
typedef bool launch_prepare(void *context, char choice);
_Noreturn void launch_become(struct launch *launch, char **argv,
                             launch_prepare *prepare, void *context);
/* Lets it start, told a letter. Returns 0, or the errno of its exec. */
int launch_go(struct launch *launch, char choice);
/* What the signalfd has: passes signals on, reaps. */
void launch_handle(struct launch *launch);
void launch_release(struct launch *launch);

#endif
