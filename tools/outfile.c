/* outfile.c - whole files or none. */
#define _GNU_SOURCE
#include "outfile.h"
#include "tool.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A new file beside the target, which never was anything else. */
static int create_beside(struct outfile *out, const char *target, mode_t mode) {
  for (unsigned n = 0; n < 100; n++) {
    free(out->temporary);
    if (asprintf(&out->temporary, "%s.%ld.%u.tmp", target, (long)getpid(), n) <
        0) {
      out->temporary = NULL;
      errno = ENOMEM;
      return -1;
    }
    int fd = open(out->temporary,
                  O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd >= 0 || errno != EEXIST)
      return fd;
  }
  return -1;
}

/* What is there and can be written only as it is. */
static bool is_special(const char *path, struct stat *status) {
  return stat(path, status) == 0 && !S_ISREG(status->st_mode);
}

/* The file that the name leads to, or the name. */
static char *target_of(const char *path) {
  char *target = realpath(path, NULL);
  return target ? target : strdup(path);
}

static int open_target(struct outfile *out, const char *path, mode_t mode) {
  struct stat status = {0};
  if (is_special(path, &status))
    return open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
  char *target = target_of(path);
  int fd = target ? create_beside(out, target, mode) : -1;
  if (fd >= 0 && status.st_ino)
    fchmod(fd, status.st_mode & 07777);
  free(target);
  return fd;
}

bool outfile_open(struct outfile *out, const char *path, mode_t mode) {
  *out = (struct outfile){.file = stdout};
  if (!path || strcmp(path, "-") == 0)
    return true;
  out->path = path;
  int fd = open_target(out, path, mode);
  out->file = fd < 0 ? NULL : fdopen(fd, "w");
  if (out->file)
    return true;
  error("cannot create '%s': %s", path, strerror(errno));
  if (fd >= 0)
    close(fd);
  outfile_cancel(out);
  return false;
}

static bool give_name(struct outfile *out) {
  if (!out->temporary)
    return true;
  char *target = target_of(out->path);
  bool is_given = target && rename(out->temporary, target) == 0;
  int kept = errno;
  free(target);
  errno = kept;
  return is_given;
}

bool outfile_commit(struct outfile *out) {
  if (!out->path)
    return true; /* main looks at standard output, once for all */
  bool is_written = fflush(out->file) == 0 && !ferror(out->file);
  int kept = errno;
  if (fclose(out->file) != 0 && is_written) {
    is_written = false;
    kept = errno;
  }
  out->file = NULL;
  if (is_written && !give_name(out)) {
    is_written = false;
    kept = errno;
  }
  if (is_written) {
    free(out->temporary);
    out->temporary = NULL;
    return true;
  }
  error("cannot write '%s': %s", out->path, strerror(kept));
  outfile_cancel(out);
  return false;
}

void outfile_cancel(struct outfile *out) {
  if (out->file && out->path)
    fclose(out->file);
  if (out->temporary)
    unlink(out->temporary);
  free(out->temporary);
  *out = (struct outfile){0};
}

void outfile_sink(struct outfile *out, struct sink *sink) {
  fflush(out->file);
  sink_init(sink, fileno(out->file));
}

bool outfile_sink_end(struct outfile *out, struct sink *sink) {
  int failure = sink_flush(sink);
  if (!failure)
    return true;
  if (failure == EPIPE && !out->path)
    raise(SIGPIPE); /* the sink held it back; a reader that left is no news */
  return out->path
             ? error("cannot write '%s': %s", out->path, strerror(failure))
             : error("cannot write to standard output: %s", strerror(failure));
}
