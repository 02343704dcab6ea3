/* stream.c - the option `stream`: a name or a path pattern, and the file
 * descriptor that it stands for. */
#define _GNU_SOURCE
#include "wake.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
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
static int open_path(const char *path, int how) {
  /* /dev/stderr is a link; one in a directory of many may be a trap */
  if (strncmp(path, "/dev/", 5) != 0)
    how |= O_NOFOLLOW;
  int fd = open(
      path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | how, 0666);
  if (fd >= 0 && fd <= STDERR_FILENO) {
    int higher = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    close(fd);
    fd = higher;
  }
  if (fd >= 0)
    fcntl(fd, F_SETFL, O_WRONLY);
  return fd;
}

#define NAMES_MAX 100000

/* A forked child's, beside that of its parent, which writes later. What is not
 * a file is for all. */
static int open_new(const char *first, bool has_pid, char *name,
                    size_t capacity) {
  struct stat seen;
  int fd = -1;
  if (stat(first, &seen) == 0 && !S_ISREG(seen.st_mode))
    return open_path(first, 0);
  errno = EEXIST;
  for (unsigned n = has_pid ? 0 : 1; fd < 0 && n < NAMES_MAX; n++) {
    if (errno != EEXIST || !mprt_pattern_nth(first, n, name, capacity))
      break;
    fd = open_path(name, O_EXCL | O_NOFOLLOW);
  }
  return fd;
}

bool mprt_stream_is_none(const char *value) {
  return strcmp(value, "none") == 0;
}

int mprt_stream_open(const char *value, uint64_t started_ns, bool is_forked,
                     char *name, size_t capacity) {
  static char first[PATH_MAX];
  snprintf(name, capacity, "%s", value);
  if (mprt_stream_is_none(value))
    return MPRT_STREAM_NONE;
  if (strcmp(value, "stderr") == 0)
    return STDERR_FILENO;
  if (strcmp(value, "stdout") == 0)
    return STDOUT_FILENO;
  if (!mprt_pattern_expand(value, started_ns, first, sizeof first))
    return -1;
  snprintf(name, capacity, "%s", first);
  if (is_forked)
    return open_new(first, strstr(value, "%p") != NULL, name, capacity);
  return open_path(name, O_TRUNC);
}

void mprt_stream_close(int fd) {
  if (fd > STDERR_FILENO)
    close(fd);
}
