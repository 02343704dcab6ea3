/* recording.h - the profile file that `memprof run` itself writes: what it
 * sampled, on the disk at once, so that nothing is lost when it is killed.
 *
 * At the end the samples go behind the records of the program's own profile, if
 * that wrote one; else this file takes the profile's name. */
#ifndef MEMPROF_RECORDING_H
#define MEMPROF_RECORDING_H

#include "memprof_format.h"
#include <stdbool.h>
#include <sys/types.h>

struct recording {
  int fd; /* -1: nothing is written, or no more */
  char *path;
  uint64_t run, started_ns, used, max_file;
  void *page;   /* the file's first bytes: by this mapping others see that it is
                 being written */
  bool is_full; /* it has been said */
};

/* A process's samples: where the record stands that grows. Zero-initialise. */
struct curve {
  uint32_t pid, parent;
  const char *command;                             /* for the next record */
  uint64_t started_ns, started_ticks, interval_ns; /* as in the record */
  uint64_t at;          /* of its record; 0: the next sample begins one */
  uint32_t count, room; /* samples in it; that it can hold */
};

/* Makes the file, beside `profile`. Returns false with errno set. */
bool recording_open(struct recording *recording, const char *profile,
                    uint64_t run, uint64_t started_ns, uint64_t max_file);
/* One fact of the program. */
void recording_meta(struct recording *recording, enum memprof_meta_key key,
                    const char *text);
/* Once the file cannot grow, after error(), nothing is added any more. */
void recording_add(struct recording *recording, struct curve *curve,
                   const struct memprof_sample *sample);

/* How the program ended. */
struct ending {
  pid_t pid;
  enum memprof_end end;
  int status;
};
/* Closes: the samples go into the program's profile, or the file becomes it.
 * Returns whether the program had one. *path, to be freed, is where the samples
 * are now; after error() that is not `profile`. */
bool recording_finish(struct recording *recording, const char *profile,
                      const struct ending *ending, char **path);
/* Takes the file away. */
void recording_cancel(struct recording *recording);

/* ---- What recording.c and recording_end.c share ---- */

void recording_release(struct recording *recording);
/* All of it; false with errno set. */
bool recording_write(int fd, const void *bytes, size_t size, uint64_t at);
size_t recording_header_size(void);
size_t recording_series_size(uint32_t count);

#endif
