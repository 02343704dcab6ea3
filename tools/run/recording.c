/* recording.c - samples on their way to the disk, and to their place. */
#define _GNU_SOURCE
#include "recording.h"
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

bool recording_write(int fd, const void *bytes, size_t size, uint64_t at) {
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

size_t recording_header_size(void) {
  return round_up(sizeof(struct memprof_header));
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
      .header_size = (uint32_t)recording_header_size(),
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
  return recording_write(recording->fd, bytes, header.header_size, 0);
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

void recording_release(struct recording *recording) {
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
  recording_release(recording);
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
  if (!recording_write(recording->fd, record, size, at) ||
      !recording_write(recording->fd, &used, sizeof used,
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

size_t recording_series_size(uint32_t count) {
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
  struct memprof_series *series = calloc(1, recording_series_size(curve->room));
  if (!series) {
    say_full(recording, "out of memory");
    return false;
  }
  *series = (struct memprof_series){
      .head = {MEMPROF_KIND_SERIES,
               (uint32_t)recording_series_size(curve->room)},
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
  if (recording_write(recording->fd, sample, sizeof *sample, place) &&
      recording_write(recording->fd, &count, sizeof count,
                      curve->at + offsetof(struct memprof_series, count)))
    curve->count = count;
  else
    say_full(recording, strerror(errno));
}
