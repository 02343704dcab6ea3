/* input.c - reads profile files, and finds those of the newest run. */
#include "input.h"
#include "progress.h"
#include "tool.h"
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

/* ---- Reading ---- */

/* Opens a regular file. A FIFO or a device would block, or never end. */
static int open_file(const char *path, struct stat *status) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    return -1;
  if (fstat(fd, status) == 0) {
    if (S_ISREG(status->st_mode))
      return fd;
    errno = S_ISDIR(status->st_mode) ? EISDIR : EINVAL;
  }
  int kept = errno;
  close(fd);
  errno = kept;
  return -1;
}

/* Reads up to `size` bytes; returns how many there were, or -1. */
static ssize_t read_fully(int fd, void *out, size_t size, size_t at) {
  size_t have = 0;
  while (have < size) {
    ssize_t got =
        pread(fd, (char *)out + have, size - have, (off_t)(at + have));
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return -1;
    if (got == 0)
      break;
    have += (size_t)got;
  }
  return (ssize_t)have;
}

/* Whether what was read can be made of records so far, and how far they are
 * whole: nobody reads a terabyte of zeros to learn that it is none. */
static bool are_records(const unsigned char *image, size_t size, size_t *at) {
  const struct memprof_header *header = (const void *)image;
  if (size < sizeof *header || header->header_size < sizeof *header ||
      header->header_size % MEMPROF_UNIT)
    return false;
  if (*at == 0)
    *at = header->header_size;
  while (*at < size && size - *at >= sizeof(struct memprof_head)) {
    const struct memprof_head *head = (const void *)(image + *at);
    if (head->size < sizeof *head || head->size % MEMPROF_UNIT)
      return false;
    if (head->size > size - *at)
      break;
    *at += head->size;
  }
  return true;
}

enum { PART = 16 * 1024 * 1024 };

/* Fills the mapping as far as the file goes and makes sense. What makes none is
 * left to the reader, which says where. */
static bool read_parts(struct input *input, int fd) {
  enum { MIB = 1024 * 1024 };
  struct progress progress;
  size_t whole = 0;
  ssize_t got = 1;
  progress_start(&progress, input->mapped / MIB, "MiB");
  while (got > 0 && input->size < input->mapped) {
    size_t part = input->mapped - input->size;
    got = read_fully(fd, input->image + input->size, part < PART ? part : PART,
                     input->size);
    if (got > 0)
      input->size += (size_t)got;
    if (!are_records(input->image, input->size, &whole))
      break;
    progress_show(&progress, input->size / MIB);
  }
  progress_clear(&progress);
  return got >= 0;
}

/* A growing file is longer than what is in use, and a damaged header says
 * more. */
static bool read_image(struct input *input, int fd, size_t size) {
  struct memprof_header before;
  ssize_t got = read_fully(fd, &before, sizeof before, 0);
  if (got < 0)
    return false;
  bool is_part = got == sizeof before && before.used >= sizeof before &&
                 before.used < size;
  input->mapped = is_part ? (size_t)before.used : size;
  if (input->mapped == 0)
    return true;
  void *map = mmap(NULL, input->mapped, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (map == MAP_FAILED)
    return false;
  input->image = map;
  madvise(map, input->mapped, MADV_HUGEPAGE); /* a fault for each 4 KiB takes
                                                 longer than reading them */
  if (!read_parts(input, fd))
    return false;
  /* records that it made while we read are not missing */
  struct memprof_header *header = map;
  if (is_part && input->size == before.used && header->used > before.used)
    header->used = before.used;
  return true;
}

bool input_open(struct input *input, const char *path) {
  char what[256];
  struct stat status;
  *input = (struct input){.path = path};
  int fd = open_file(path, &status);
  if (fd < 0)
    return error("cannot read '%s': %s", path,
                 errno == EINVAL ? "not a file" : strerror(errno));
  bool is_read = read_image(input, fd, (size_t)status.st_size);
  int kept = errno;
  input->inode = status.st_ino;
  close(fd);
  if (is_read && profile_open(&input->profile, input->image, input->size,
                              &input->scratch, what, sizeof what))
    return true;
  error("cannot read '%s': %s", path, is_read ? what : strerror(kept));
  input_close(input);
  return false;
}

void input_close(struct input *input) {
  scratch_release(&input->scratch);
  if (input->image)
    munmap(input->image, input->mapped);
  input->image = NULL;
}

bool input_peek(const char *path, struct memprof_header *header) {
  struct stat status;
  int fd = open_file(path, &status);
  if (fd < 0)
    return false;
  bool is_read = read_fully(fd, header, sizeof *header, 0) == sizeof *header;
  close(fd);
  return is_read &&
         memcmp(header->magic, MEMPROF_MAGIC, sizeof header->magic) == 0 &&
         header->byte_order == MEMPROF_BYTE_ORDER &&
         header->version == MEMPROF_FORMAT_VERSION;
}

/* ---- How the process ended ---- */

/* Whether the process still has the file mapped: its pid may be another's by
 * now, or its own with another program in it. Maps that we may not read decide
 * nothing. */
static bool is_mapped_by(uint32_t pid, ino_t inode) {
  char path[64], line[4096 + 128];
  snprintf(path, sizeof path, "/proc/%" PRIu32 "/maps", pid);
  FILE *maps = fopen(path, "re");
  if (!maps)
    return kill((pid_t)pid, 0) == 0 || errno == EPERM;
  bool found = false;
  while (!found && fgets(line, sizeof line, maps)) {
    uintmax_t at = 0;
    found = sscanf(line, "%*s %*s %*s %*s %ju", &at) == 1 && at == inode;
  }
  fclose(maps);
  return found;
}

static bool is_this_host(const char *host) {
  struct utsname system;
  return !host || (uname(&system) == 0 && strcmp(host, system.nodename) == 0);
}

enum input_state input_state_of(const struct memprof_header *header,
                                const char *host, ino_t inode) {
  if (header->end != MEMPROF_END_UNKNOWN || header->ended_ns || header->merged)
    return INPUT_ENDED;
  if (!is_this_host(host))
    return INPUT_UNKNOWN;
  return header->pid && header->pid <= INT32_MAX &&
                 is_mapped_by(header->pid, inode)
             ? INPUT_RUNNING
             : INPUT_KILLED;
}

enum input_state input_state(const struct input *input) {
  return input_state_of(input->profile.header,
                        profile_meta(&input->profile, MEMPROF_META_host),
                        input->inode);
}

void input_say_state(const struct input *input) {
  const struct memprof_header *header = input->profile.header;
  if (input->profile.cut_off)
    error("'%s' is cut off at byte %zu: this is the part of it that is whole",
          input->path, input->profile.size);
  switch (input_state(input)) {
  case INPUT_ENDED:
    break;
  case INPUT_RUNNING:
    error("'%s': process %" PRIu32 " is still running: this is as of now",
          input->path, header->pid);
    break;
  case INPUT_KILLED:
    error("'%s': process %" PRIu32 " did not end by itself: it was killed, or "
          "another program took its place",
          input->path, header->pid);
    break;
  case INPUT_UNKNOWN:
    error("'%s': process %" PRIu32 " of host '%s' had not ended when this was "
          "written",
          input->path, header->pid,
          profile_meta(&input->profile, MEMPROF_META_host));
  }
}

/* ---- The newest run ---- */

static bool is_same_run(const struct memprof_header *a,
                        const struct memprof_header *b) {
  return a->run && a->run == b->run;
}

/* The one that started last; a merged file is of no run. */
static const char *newest(const glob_t *found, struct memprof_header *header) {
  const char *path = NULL;
  for (size_t i = 0; i < found->gl_pathc; i++) {
    struct memprof_header one;
    if (!input_peek(found->gl_pathv[i], &one) || one.merged)
      continue;
    if (!path || one.started_ns > header->started_ns) {
      path = found->gl_pathv[i];
      *header = one;
    }
  }
  return path;
}

size_t input_find_newest(char ***paths) {
  glob_t found = {0};
  struct memprof_header header = {0}, one;
  size_t count = 0;
  *paths = NULL;
  const char *path =
      glob("*.mprof", 0, NULL, &found) == 0 ? newest(&found, &header) : NULL;
  if (path)
    *paths = calloc(found.gl_pathc, sizeof **paths);
  for (size_t i = 0; *paths && i < found.gl_pathc; i++) {
    char *other = found.gl_pathv[i];
    if (strcmp(other, path) == 0 ||
        (input_peek(other, &one) && !one.merged && is_same_run(&one, &header)))
      (*paths)[count++] = strdup(other);
  }
  globfree(&found);
  if (!count)
    error("no profile (*.mprof) in this directory: name a file, or make one "
          "with 'memprof run'");
  return count;
}

size_t input_take(char **given, size_t count, char ***paths) {
  if (!count)
    return input_find_newest(paths);
  *paths = calloc(count, sizeof **paths);
  for (size_t i = 0; *paths && i < count; i++)
    (*paths)[i] = strdup(given[i]);
  return *paths ? count : error("out of memory");
}

void input_free_paths(char **paths, size_t count) {
  while (count--)
    free(paths[count]);
  free(paths);
}
