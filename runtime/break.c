/* break.c - the option `break`: stops the program in its debugger at the
 * allocation that takes the process's live bytes past a size. */
#define _GNU_SOURCE
#include "common/sizes.h"
#include "config.h"
#include "wake.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "peak>64MiB". */
static bool parse(const char *value, uint64_t *most) {
  static const char metric[] = "peak>";
  size_t length = sizeof metric - 1;
  return strncmp(value, metric, length) == 0 &&
         size_parse(value + length, most) && *most < INT64_MAX;
}

bool mprt_break_check(const char *value, char *error, size_t capacity) {
  uint64_t most;
  if (strcmp(value, "none") == 0 || parse(value, &most))
    return true;
  snprintf(error, capacity, "'%.60s' is not none or peak>SIZE, as peak>64MiB",
           value);
  return false;
}

/* Whether somebody traces this process. A SIGTRAP that nobody catches would end
 * it. */
static bool has_debugger(void) {
  static const char word[] = "\nTracerPid:";
  char status[1024]; /* the line is among the first ten */
  int kept = errno;
  int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  ssize_t length = file < 0 ? 0 : read(file, status, sizeof status - 1);
  if (file >= 0)
    close(file);
  errno = kept;
  if (length <= 0)
    return false;
  status[length] = 0;
  const char *tracer = strstr(status, word);
  return tracer && atoi(tracer + sizeof word - 1) != 0;
}

int64_t mprt_break_above = INT64_MAX;

void mprt_break_init(const char *value) {
  uint64_t most;
  if (!parse(value, &most))
    return;
  mprt_break_above = (int64_t)most;
  if (!has_debugger())
    mprt_message("break: no debugger is attached, so 'break=%s' stops nothing; "
                 "start the program in one",
                 value);
}

void mprt_break(void) {
  /* once: live rises above it again and again */
  if (__atomic_exchange_n(&mprt_break_above, INT64_MAX, __ATOMIC_RELAXED) ==
          INT64_MAX ||
      !has_debugger())
    return;
  int kept = errno;
  raise(SIGTRAP);
  errno = kept;
}
