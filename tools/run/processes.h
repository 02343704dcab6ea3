/* processes.h - what processes take now, as /proc tells it. */
#ifndef MEMPROF_PROCESSES_H
#define MEMPROF_PROCESSES_H

#include "memprof_format.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Pids, parents before their children. Zero-initialise; free .pids. */
struct pids {
  pid_t *pids;
  size_t count, capacity;
};

/* All that this process has started, but for `except`, and what those have. If
 * it is a subreaper: also those whose parents are gone. Returns false when
 * memory runs out. */
bool processes_below(struct pids *pids, const struct pids *except);

/* The profile file that a process writes, once found. Zero-initialise, fd -1;
 * live_close closes it. */
struct live {
  int fd; /* -1: none was found */
  ino_t inode;
};

/* Fills all but at_ns; returns false when the process is gone, or none that
 * runs. What the kernel does not tell of another user's process is 0. */
bool process_sample(pid_t pid, struct memprof_sample *sample);
/* Live bytes in the process's profile of this run, MEMPROF_UNKNOWN if it has
 * none. */
int64_t process_live(pid_t pid, uint64_t run, struct live *live);
void live_close(struct live *live);

pid_t process_parent(pid_t pid);
/* Its executable, told by its inode: changes with exec; 0: unknown. */
ino_t process_executable(pid_t pid);
/* Its command line as a shell would read it back; "" when unknown. */
void process_command(pid_t pid, char *out, size_t capacity);

#endif
