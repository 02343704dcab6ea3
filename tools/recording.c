/* recording.c - samples on their way to the disk, and to their place. */
#define _GNU_SOURCE
#include "recording.h"
#include "input.h"
#include "listing.h"
#include "tool.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Samples for which a record has room: the first has few, for processes that
 * live as long, later ones more. */
enum { ROOM_FIRST = 16, ROOM_MOST = 1024 };

static bool write_all(int fd, const void *bytes, size_t size, uint64_t at) {
  const char *from = bytes;
  while (size) {
    ssize_t written = pwrite(fd, from, size, (off_t)at);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    from += written;
    at += (uint64_t)written;
    size -= (size_t)written;
  }
  return true;
}

static uint64_t round_up(uint64_t size) {
  return (size + MEMPROF_UNIT - 1) / MEMPROF_UNIT * MEMPROF_UNIT;
}

/* ---- The file ---- */

/* "tests.mprof" -> "tests.samples.mprof", which a reader of the run finds, too.
 */
static int create_beside(struct recording *recording, const char *profile) {
  const char *slash = strrchr(profile, '/');
  const char *base = slash ? slash + 1 : profile;
  const char *dot = strrchr(base, '.');
  if (!dot || dot == base)
    dot = base + strlen(base);
  for (unsigned n = 0; n < 100; n++) {
    char number[16] = "";
    if (n)
      snprintf(number, sizeof number, ".%u", n);
    free(recording->path);
    if (asprintf(&recording->path, "%.*s.samples%s%s", (int)(dot - profile),
                 profile, number, dot) < 0) {
      recording->path = NULL;
      errno = ENOMEM;
      return -1;
    }
    int fd = open(recording->path,
                  O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd >= 0 || errno != EEXIST)
      return fd;
  }
  return -1;
}

/* Standard error may be closed: what is said must not get into the file. */
static int away_from_standard(int fd) {
  if (fd < 0 || fd > STDERR_FILENO)
    return fd;
  int higher = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  int kept = errno;
  close(fd);
  errno = kept;
  return higher;
}

static bool write_header(struct recording *recording) {
  struct memprof_header header = {
      .version = MEMPROF_FORMAT_VERSION,
      .byte_order = MEMPROF_BYTE_ORDER,
      .header_size = (uint32_t)round_up(sizeof header),
      .word_size = sizeof(void *),
      .capacity = recording->max_file,
      .started_ns = recording->started_ns,
      .run = recording->run,
      .pid = (uint32_t)getpid(), /* the writer's, until the program has ended */
      .parent = (uint32_t)getppid(),
  };
  _Alignas(MEMPROF_UNIT) char bytes[sizeof header + MEMPROF_UNIT] = {0};
  memcpy(header.magic, MEMPROF_MAGIC, sizeof header.magic);
  header.used = recording->used = header.header_size;
  memcpy(bytes, &header, sizeof header);
  return write_all(recording->fd, bytes, header.header_size, 0);
}

bool recording_open(struct recording *recording, const char *profile,
                    uint64_t run, uint64_t started_ns, uint64_t max_file) {
  *recording = (struct recording){
      .run = run, .started_ns = started_ns, .max_file = max_file};
  recording->fd = away_from_standard(create_beside(recording, profile));
  if (recording->fd >= 0 && write_header(recording)) {
    recording->page = mmap(NULL, sizeof(struct memprof_header), PROT_READ,
                           MAP_SHARED, recording->fd, 0);
    if (recording->page != MAP_FAILED)
      return true;
  }
  int kept = errno;
  recording->page = NULL;
  recording_cancel(recording);
  errno = kept;
  return false;
}

static void release(struct recording *recording) {
  if (recording->page)
    munmap(recording->page, sizeof(struct memprof_header));
  if (recording->fd >= 0)
    close(recording->fd);
  free(recording->path);
  *recording = (struct recording){.fd = -1};
}

void recording_cancel(struct recording *recording) {
  if (recording->fd >= 0)
    unlink(recording->path);
  release(recording);
}

/* ---- Records ---- */

/* What was written is whole: the record that failed is not in use. */
static void say_full(struct recording *recording, const char *why) {
  if (!recording->is_full)
    error("cannot write to '%s': %s; memory is sampled no more from here on",
          recording->path, why);
  recording->is_full = true;
}

/* Returns the record's offset, or 0 after error(). */
static uint64_t append(struct recording *recording, const void *record,
                       size_t size) {
  uint64_t at = recording->used, used = at + size;
  if (recording->is_full)
    return 0;
  if (used > recording->max_file) {
    say_full(recording, "it has the size that max_file allows");
    return 0;
  }
  if (!write_all(recording->fd, record, size, at) ||
      !write_all(recording->fd, &used, sizeof used,
                 offsetof(struct memprof_header, used))) {
    say_full(recording, strerror(errno));
    return 0;
  }
  recording->used = used;
  return at;
}

/* A record that is a head of `fixed` bytes and a text. */
static uint64_t append_text(struct recording *recording, void *head,
                            size_t fixed, const char *text) {
  size_t size = round_up(fixed + strlen(text) + 1);
  char *record = calloc(1, size);
  uint64_t at = 0;
  if (record) {
    ((struct memprof_head *)head)->size = (uint32_t)size;
    memcpy(record, head, fixed);
    strcpy(record + fixed, text);
    at = append(recording, record, size);
  } else {
    say_full(recording, "out of memory");
  }
  free(record);
  return at;
}

void recording_meta(struct recording *recording, enum memprof_meta_key key,
                    const char *text) {
  struct memprof_meta meta = {.head.kind = MEMPROF_KIND_META, .key = key};
  if (*text)
    append_text(recording, &meta, sizeof meta, text);
}

static size_t series_size(uint32_t count) {
  return round_up(sizeof(struct memprof_series) +
                  (size_t)count * sizeof(struct memprof_sample));
}

/* A record with room for more samples than the one before. */
static bool begin_record(struct recording *recording, struct curve *curve) {
  struct memprof_string string = {.head.kind = MEMPROF_KIND_STRING};
  uint64_t command =
      *curve->command
          ? append_text(recording, &string, sizeof string, curve->command)
          : 0;
  uint32_t room = curve->room ? 2 * curve->room : ROOM_FIRST;
  curve->room = room < ROOM_MOST ? room : ROOM_MOST;
  curve->count = 0;
  struct memprof_series *series = calloc(1, series_size(curve->room));
  if (!series) {
    say_full(recording, "out of memory");
    return false;
  }
  *series = (struct memprof_series){
      .head = {MEMPROF_KIND_SERIES, (uint32_t)series_size(curve->room)},
      .pid = curve->pid,
      .parent = curve->parent,
      .command = (memprof_ref)(command / MEMPROF_UNIT),
      .started_ns = curve->started_ns,
      .started_ticks = curve->started_ticks,
      .interval_ns = curve->interval_ns,
  };
  curve->at = append(recording, series, series->head.size);
  free(series);
  return curve->at != 0;
}

void recording_add(struct recording *recording, struct curve *curve,
                   const struct memprof_sample *sample) {
  if (recording->fd < 0 || recording->is_full ||
      ((!curve->at || curve->count == curve->room) &&
       !begin_record(recording, curve)))
    return;
  uint64_t place = curve->at + sizeof(struct memprof_series) +
                   (uint64_t)curve->count * sizeof *sample;
  uint32_t count = curve->count + 1;
  if (write_all(recording->fd, sample, sizeof *sample, place) &&
      write_all(recording->fd, &count, sizeof count,
                curve->at + offsetof(struct memprof_series, count)))
    curve->count = count;
  else
    say_full(recording, strerror(errno));
}

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
    size =
        series_size(((const struct memprof_series *)(const void *)head)->count);
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
  uint64_t at = round_up(sizeof(struct memprof_header));
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
  if (write_all(fd, tail->bytes, tail->size, tail->base) &&
      (used <= header->capacity ||
       write_all(fd, &used, sizeof used,
                 offsetof(struct memprof_header, capacity))) &&
      write_all(fd, &used, sizeof used, offsetof(struct memprof_header, used)))
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
  write_all(fd, &ended_ns, sizeof ended_ns,
            offsetof(struct memprof_header, ended_ns));
  write_all(fd, end, sizeof end, offsetof(struct memprof_header, end));
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
  write_all(recording->fd, pids, sizeof pids,
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
  release(recording);
  return target == TARGET_OF_RUN;
}
