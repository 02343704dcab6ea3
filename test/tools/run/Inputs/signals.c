/* Says its signals by name, each when it comes; ends with 5 after SIGTERM. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const int known[] = {SIGINT,  SIGHUP,  SIGQUIT, SIGUSR1,
                            SIGUSR2, SIGCONT, SIGTERM};

int main(void) {
  sigset_t set;
  int number;
  sigemptyset(&set);
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    sigaddset(&set, known[i]);
  sigprocmask(SIG_BLOCK, &set, NULL);
  printf("ready %d\n", (int)getpid());
  fflush(stdout);
  while (sigwait(&set, &number) == 0) {
    printf("%s\n", sigabbrev_np(number));
    fflush(stdout);
    if (number == SIGTERM)
      return 5;
  }
  return 1;
}
