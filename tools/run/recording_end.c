/* recording_end.c - where samples go when the program has ended: behind the
 * records of its profile, or their file becomes that. */
#define _GNU_SOURCE
#include "input.h"
#include "listing.h"
#include "recording.h"
#include "tool.h"
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- Into the program's profile ---- */

/* Records in memory, for a place in a file. */
struct tail {
  char *bytes;
  size_t size;
  uint64_t base; /* where they will stand */
};

static char *read_back(const struct recording *recording) {
  char *image = malloc(recording->used);
  size_t have = 0;
  while (image && have < recording->used) {
    ssize_t got =
        pread(recording->fd, image + have, recording->used - have, (off_t)have);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      break;
    have += (size_t)got;
  }
  if (image && have == recording->used)
    return image;
  free(image);
  return NULL;
}

/* Each series behind its command, without the room that it did not need. */
static void tail_add(struct tail *tail, const struct memprof_head *head,
                     memprof_ref *command) {
  char *to = tail->bytes + tail->size;
  size_t size = head->size;
  if (head->kind == MEMPROF_KIND_STRING)
    *command = (memprof_ref)((tail->base + tail->size) / MEMPROF_UNIT);
  if (head->kind == MEMPROF_KIND_SERIES)
    size = recording_series_size(
        ((const struct memprof_series *)(const void *)head)->count);
  memcpy(to, head, size);
  if (head->kind == MEMPROF_KIND_SERIES) {
    struct memprof_series *series = (void *)to;
    series->head.size = (uint32_t)size;
    if (series->command)
      series->command = *command;
  }
  tail->size += size;
}

static bool tail_make(struct tail *tail, const struct recording *recording,
                      uint64_t base) {
  char *image = read_back(recording);
  memprof_ref command = 0;
  *tail = (struct tail){.base = base, .bytes = malloc(recording->used)};
  uint64_t at = recording_header_size();
  while (image && tail->bytes && at < recording->used) {
    const struct memprof_head *head = (const void *)(image + at);
    if (head->kind != MEMPROF_KIND_META)
      tail_add(tail, head, &command);
    at += head->size;
  }
  bool is_made = image && tail->bytes;
  free(image);
  return is_made;
}

/* `used` last: until then the file is what it was. */
static bool write_tail(int fd, const struct tail *tail,
                       const struct memprof_header *header) {
  struct stat before;
  uint64_t used = tail->base + tail->size;
  if (fstat(fd, &before) != 0)
    return false;
  if (recording_write(fd, tail->bytes, tail->size, tail->base) &&
      (used <= header->capacity ||
       recording_write(fd, &used, sizeof used,
                       offsetof(struct memprof_header, capacity))) &&
      recording_write(fd, &used, sizeof used,
                      offsetof(struct memprof_header, used)))
    return true;
  int kept = errno;
  if (ftruncate(fd, before.st_size) != 0)
    kept = errno;
  errno = kept;
  return false;
}

/* A process that a signal ended could not say so. */
static void write_end(int fd, const struct memprof_header *header,
                      const struct ending *ending) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  uint64_t ended_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
  uint32_t end[] = {ending->end, (uint32_t)ending->status};
  _Static_assert(offsetof(struct memprof_header, status) ==
                     offsetof(struct memprof_header, end) + sizeof(uint32_t),
                 "written as one");
  if (header->pid != (uint32_t)ending->pid || header->ended_ns ||
      header->end != MEMPROF_END_UNKNOWN)
    return;
  recording_write(fd, &ended_ns, sizeof ended_ns,
                  offsetof(struct memprof_header, ended_ns));
  recording_write(fd, end, sizeof end, offsetof(struct memprof_header, end));
}

static bool join(const struct recording *recording, const char *profile,
                 const struct memprof_header *header,
                 const struct ending *ending) {
  struct tail tail = {0};
  int fd = open(profile, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  bool is_joined = fd >= 0 && tail_make(&tail, recording, header->used) &&
                   write_tail(fd, &tail, header);
  if (!is_joined)
    error("cannot add the samples to '%s': %s; they stay in '%s'", profile,
          strerror(errno), recording->path);
  if (fd >= 0 && ending->end == MEMPROF_END_SIGNAL)
    write_end(fd, header, ending);
  free(tail.bytes);
  if (fd >= 0)
    close(fd);
  return is_joined;
}

/* ---- Or instead of it ---- */

static void become_profile(const struct recording *recording,
                           const struct ending *ending) {
  struct memprof_header header;
  uint32_t pids[] = {(uint32_t)ending->pid, (uint32_t)getpid()};
  _Static_assert(offsetof(struct memprof_header, parent) ==
                     offsetof(struct memprof_header, pid) + sizeof(uint32_t),
                 "written as one");
  if (pread(recording->fd, &header, sizeof header, 0) != sizeof header)
    return;
  header.pid = pids[0];
  recording_write(recording->fd, pids, sizeof pids,
                  offsetof(struct memprof_header, pid));
  write_end(recording->fd, &header, ending);
}

/* What stands under the profile's name. */
enum target {
  TARGET_FREE,
  TARGET_OF_RUN,
  TARGET_OLDER,
  TARGET_BUSY, /* another process of the run has it, and is at work */
  TARGET_FOREIGN
};

static enum target look_at(const char *profile, uint64_t run,
                           struct memprof_header *header) {
  struct stat status;
  if (lstat(profile, &status) != 0)
    return TARGET_FREE;
  if (!is_profile(profile))
    return TARGET_FOREIGN;
  if (!input_peek(profile, header) || header->run != run)
    return TARGET_OLDER;
  return input_state_of(header, NULL, status.st_ino) == INPUT_RUNNING
             ? TARGET_BUSY
             : TARGET_OF_RUN;
}

static bool take_name(const struct recording *recording, const char *profile) {
  return rename(recording->path, profile) == 0 ||
         error("cannot rename '%s' to '%s': %s", recording->path, profile,
               strerror(errno));
}

bool recording_finish(struct recording *recording, const char *profile,
                      const struct ending *ending, char **path) {
  struct memprof_header header;
  bool is_moved = false;
  munmap(recording->page, sizeof header); /* nobody is at it any more */
  recording->page = NULL;
  enum target target = look_at(profile, recording->run, &header);
  if (target == TARGET_OF_RUN) {
    is_moved = join(recording, profile, &header, ending);
    if (is_moved)
      unlink(recording->path);
  }
  if (target == TARGET_FOREIGN)
    error("'%s' is no profile: it stays as it is", profile);
  if (!is_moved)
    become_profile(recording, ending);
  if (target == TARGET_FREE || target == TARGET_OLDER)
    is_moved = take_name(recording, profile);
  *path = strdup(is_moved ? profile : recording->path);
  recording_release(recording);
  return target == TARGET_OF_RUN;
}
