/* stream.c - the option `stream`: a name or a path pattern, and the file
 * descriptor that it stands for. */
#define _GNU_SOURCE
#include "wake.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

bool mprt_stream_check(const char *value, char *error, size_t capacity) {
  if (!*value) {
    snprintf(error, capacity, "empty: expected stderr, stdout, none or a path");
    return false;
  }
  for (const char *at = strchr(value, '%'); at; at = strchr(at + 2, '%'))
    if (!at[1] || !strchr("peht%", at[1])) {
      snprintf(error, capacity,
               "'%.2s' is not known in a path: %%p is the process id, %%e the "
               "program, %%h the host, %%t the start time, %%%% a percent sign",
               at);
      return false;
    }
  return true;
}

/* The program may change its directory; the user means the one it was started
 * in. */
static char start_directory[PATH_MAX];

void mprt_stream_init(void) {
  if (!getcwd(start_directory, sizeof start_directory))
    start_directory[0] = '\0';
}

struct path {
  char *out;
  size_t capacity, length; /* length >= capacity: it did not fit */
};

static void path_add(struct path *path, const char *text, size_t length) {
  if (path->length + length < path->capacity)
    memcpy(path->out + path->length, text, length);
  path->length += length;
}

static void path_add_number(struct path *path, unsigned long long number) {
  char digits[24];
  path_add(path, digits,
           (size_t)snprintf(digits, sizeof digits, "%llu", number));
}

static void path_add_expansion(struct path *path, char letter,
                               uint64_t started_ns) {
  struct utsname system;
  const char *program = program_invocation_short_name;
  switch (letter) {
  case 'p':
    path_add_number(path, (unsigned long long)getpid());
    break;
  case 'e':
    path_add(path, program, strlen(program));
    break;
  case 'h':
    if (uname(&system) == 0)
      path_add(path, system.nodename, strlen(system.nodename));
    break;
  case 't':
    path_add_number(path, started_ns / 1000000000);
    break;
  default:
    path_add(path, "%", 1);
  }
}

static bool path_expand(const char *pattern, uint64_t started_ns, char *out,
                        size_t capacity) {
  struct path path = {out, capacity, 0};
  if (*pattern != '/' && *start_directory) {
    path_add(&path, start_directory, strlen(start_directory));
    path_add(&path, "/", 1);
  }
  while (*pattern) {
    size_t plain = strcspn(pattern, "%");
    path_add(&path, pattern, plain);
    pattern += plain;
    if (*pattern && pattern[1]) {
      path_add_expansion(&path, pattern[1], started_ns);
      pattern += 2;
    }
  }
  if (path.length >= capacity) {
    out[0] = '\0';
    errno = ENAMETOOLONG;
    return false;
  }
  out[path.length] = '\0';
  return true;
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
  if (!path_expand(value, started_ns, name, capacity)) {
    snprintf(name, capacity, "%s", value);
    return -1;
  }
  return open_path(name);
}

void mprt_stream_close(int fd) {
  if (fd > STDERR_FILENO)
    close(fd);
}
