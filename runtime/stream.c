/* stream.c - the option `stream`: a name or a path pattern, and the file
 * descriptor that it stands for. */
#define _GNU_SOURCE
#include "wake.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool mprt_stream_check(const char *value, char *error, size_t capacity) {
  if (!*value) {
    snprintf(error, capacity, "empty: expected stderr, stdout, none or a path");
    return false;
  }
  return mprt_pattern_check(value, error, capacity);
}

/* Opens without waiting: a FIFO that nobody reads must not hold the program's
 * end. Never takes the place of a closed stdin, stdout or stderr. */
static int open_path(const char *path) {
  int fd = open(
      path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
      0666);
  if (fd >= 0 && fd <= STDERR_FILENO) {
    int higher = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    close(fd);
    fd = higher;
  }
  if (fd >= 0)
    fcntl(fd, F_SETFL, O_WRONLY);
  return fd;
}

int mprt_stream_open(const char *value, uint64_t started_ns, char *name,
                     size_t capacity) {
  snprintf(name, capacity, "%s", value);
  if (strcmp(value, "none") == 0)
    return MPRT_STREAM_NONE;
  if (strcmp(value, "stderr") == 0)
    return STDERR_FILENO;
  if (strcmp(value, "stdout") == 0)
    return STDOUT_FILENO;
  if (!mprt_pattern_expand(value, started_ns, name, capacity)) {
    snprintf(name, capacity, "%s", value);
    return -1;
  }
  return open_path(name);
}

void mprt_stream_close(int fd) {
  if (fd > STDERR_FILENO)
    close(fd);
}
