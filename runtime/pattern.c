/* pattern.c - paths with %p pid, %e program, %h host, %t start time, as the
 * options `stream` and `output` have them. */
#define _GNU_SOURCE
#include "wake.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

bool mprt_pattern_check(const char *value, char *error, size_t capacity) {
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

bool mprt_output_check(const char *value, char *error, size_t capacity) {
  if (!*value) {
    snprintf(error, capacity, "empty: expected none or a path");
    return false;
  }
  return mprt_pattern_check(value, error, capacity);
}

/* The program may change its directory; the user means the one it was started
 * in. */
static char start_directory[PATH_MAX];

void mprt_pattern_init(void) {
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

/* What the letters stand for. */
struct meaning {
  const char *program;
  pid_t pid;
  uint64_t started_ns;
};

static void path_add_expansion(struct path *path, char letter,
                               const struct meaning *meaning) {
  struct utsname system;
  switch (letter) {
  case 'p':
    path_add_number(path, (unsigned long long)meaning->pid);
    break;
  case 'e':
    path_add(path, meaning->program, strlen(meaning->program));
    break;
  case 'h':
    if (uname(&system) == 0)
      path_add(path, system.nodename, strlen(system.nodename));
    break;
  case 't':
    path_add_number(path, meaning->started_ns / 1000000000);
    break;
  default:
    path_add(path, "%", 1);
  }
}

bool mprt_pattern_expand_as(const char *program, pid_t pid, const char *pattern,
                            uint64_t started_ns, char *out, size_t capacity) {
  const struct meaning meaning = {program, pid, started_ns};
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
      path_add_expansion(&path, pattern[1], &meaning);
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

bool mprt_pattern_expand(const char *pattern, uint64_t started_ns, char *out,
                         size_t capacity) {
  return mprt_pattern_expand_as(program_invocation_short_name, getpid(),
                                pattern, started_ns, out, capacity);
}

bool mprt_pattern_nth(const char *first, unsigned n, char *out,
                      size_t capacity) {
  const char *slash = strrchr(first, '/');
  const char *base = slash ? slash + 1 : first;
  const char *dot = strrchr(base, '.');
  if (!dot || dot == base)
    dot = base + strlen(base);
  char added[40] = "";
  if (n == 1)
    snprintf(added, sizeof added, ".%d", getpid());
  else if (n > 1)
    snprintf(added, sizeof added, ".%d.%u", getpid(), n - 1);
  int length = snprintf(out, capacity, "%.*s%s%s", (int)(dot - first), first,
                        added, dot);
  if (length >= 0 && (size_t)length < capacity)
    return true;
  errno = ENAMETOOLONG;
  return false;
}
