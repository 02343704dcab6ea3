/* samples.h - a program under `memprof run` waits until it has been sampled:
 * what it has now is in a sample then. */
#include <fcntl.h>
#include <glob.h>
#include <memprof_format.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

/* How many samples of the process the file has. */
static inline uint64_t count_samples(int fd, pid_t pid) {
  struct memprof_header header;
  struct memprof_series series;
  uint64_t count = 0;
  if (pread(fd, &header, sizeof header, 0) != sizeof header)
    abort();
  for (uint64_t at = header.header_size; at < header.used;
       at += series.head.size) {
    if (pread(fd, &series, sizeof series, (off_t)at) < 16)
      abort();
    if (series.head.kind == MEMPROF_KIND_SERIES && series.pid == (uint32_t)pid)
      count += series.count;
  }
  return count;
}

struct samples {
  int fd, watch;
};

/* Apart from the wait, which allocates nothing: it counts under marks. */
static inline struct samples samples_open(void) {
  glob_t found;
  if (glob("*.samples*.mprof", 0, NULL, &found) != 0)
    abort();
  struct samples samples = {open(found.gl_pathv[0], O_RDONLY | O_CLOEXEC),
                            inotify_init1(IN_CLOEXEC)};
  if (samples.fd < 0 ||
      inotify_add_watch(samples.watch, found.gl_pathv[0], IN_MODIFY) < 0)
    abort();
  globfree(&found);
  return samples;
}

/* One sample may be on its way already; the second is of now. */
static inline void samples_wait(struct samples samples, pid_t pid) {
  char event[4096];
  uint64_t wanted = count_samples(samples.fd, pid) + 2;
  while (count_samples(samples.fd, pid) < wanted)
    if (read(samples.watch, event, sizeof event) < 0)
      abort();
}
