/* cmd_merge.c - `memprof merge`: many profile files to one. */
#define _GNU_SOURCE
#include "gather.h"
#include "input.h"
#include "tool.h"
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- The file ---- */

static bool write_all(int fd, const unsigned char *bytes, size_t size) {
  while (size) {
    ssize_t written = write(fd, bytes, size);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return false;
    bytes += written;
    size -= (size_t)written;
  }
  return true;
}

/* A new file beside `path`, which never was anything else, under a name that it
 * keeps until it is whole. */
static int create_beside(const char *path, char *name, size_t capacity) {
  for (unsigned n = 0; n < 100; n++) {
    int length =
        snprintf(name, capacity, "%s.%ld.%u.tmp", path, (long)getpid(), n);
    if (length >= (int)capacity) {
      errno = ENAMETOOLONG;
      return -1;
    }
    int fd =
        open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd >= 0 || errno != EEXIST)
      return fd;
  }
  return -1;
}

/* What stands there and is no profile is not ours to replace. */
static bool may_replace(const char *path) {
  struct stat status;
  struct memprof_header header;
  return lstat(path, &status) != 0 ||
         (S_ISREG(status.st_mode) &&
          (status.st_size == 0 || input_peek(path, &header)));
}

static bool write_profile(const char *path, const struct combined *combined) {
  char name[PATH_MAX];
  if (!may_replace(path))
    return error("'%s' exists and is no profile: it stays as it is", path);
  int fd = create_beside(path, name, sizeof name);
  if (fd < 0)
    return error("cannot create '%s': %s", path, strerror(errno));
  bool is_written = write_all(fd, combined->image, combined_size(combined));
  int kept = errno;
  if (close(fd) != 0 && is_written) {
    is_written = false;
    kept = errno;
  }
  if (is_written && rename(name, path) != 0) {
    is_written = false;
    kept = errno;
  }
  if (is_written)
    return true;
  unlink(name);
  return error("cannot write '%s': %s", path, strerror(kept));
}

/* ---- The command ---- */

enum status cmd_merge(int argc, char **argv) {
  static const struct option options[] = {
      {"help", no_argument, NULL, 'h'},
      {"output", required_argument, NULL, 'o'},
      {NULL, 0, NULL, 0},
  };
  const char *output = NULL;
  for (int option;
       (option = getopt_long(argc, argv, "ho:", options, NULL)) >= 0;)
    switch (option) {
    case 'o':
      output = optarg;
      break;
    case 'h':
      command_print_help(command_find("merge"));
      return STATUS_FINE;
    default:
      return usage_error("merge");
    }
  if (!output || !*output || optind == argc) {
    error("merge: %s",
          optind == argc ? "no file is named" : "no output is named: -o FILE");
    return usage_error("merge");
  }
  struct combined combined = {0};
  bool is_done = gather(&combined, argv + optind, (size_t)(argc - optind)) &&
                 write_profile(output, &combined);
  combined_release(&combined);
  return is_done ? STATUS_FINE : STATUS_USAGE;
}
