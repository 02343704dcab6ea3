/* processes.c - reads /proc. */
#define _GNU_SOURCE
#include "processes.h"
#include "common/command.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A small file of a process; its length, or -1. */
static ssize_t read_file(pid_t pid, const char *name, char *out,
                         size_t capacity) {
  char path[64];
  ssize_t got;
  size_t length = 0;
  snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, name);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return -1;
  while (length + 1 < capacity &&
         (got = read(fd, out + length, capacity - 1 - length)) > 0)
    length += (size_t)got;
  close(fd);
  out[length] = '\0';
  return (ssize_t)length;
}

/* ---- Who is there ---- */

static bool pids_add(struct pids *pids, pid_t pid) {
  if (pids->count == pids->capacity) {
    size_t capacity = pids->capacity ? 2 * pids->capacity : 64;
    pid_t *longer = realloc(pids->pids, capacity * sizeof *longer);
    if (!longer)
      return false;
    pids->pids = longer;
    pids->capacity = capacity;
  }
  pids->pids[pids->count++] = pid;
  return true;
}

/* Each thread has its children: "12 34 56 ". */
static bool add_children_of_thread(struct pids *pids, pid_t pid,
                                   const char *thread) {
  char path[64 + 256];
  long child;
  bool is_whole = true;
  snprintf(path, sizeof path, "/proc/%ld/task/%s/children", (long)pid, thread);
  FILE *file = fopen(path, "re");
  while (file && is_whole && fscanf(file, "%ld", &child) == 1)
    is_whole = pids_add(pids, (pid_t)child);
  if (file)
    fclose(file);
  return is_whole;
}

static bool add_children(struct pids *pids, pid_t pid) {
  char path[64];
  struct dirent *thread;
  bool is_whole = true;
  snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
  DIR *threads = opendir(path);
  while (threads && is_whole && (thread = readdir(threads)))
    if (*thread->d_name != '.')
      is_whole = add_children_of_thread(pids, pid, thread->d_name);
  if (threads)
    closedir(threads);
  return is_whole;
}

static bool pids_have(const struct pids *pids, pid_t pid) {
  for (size_t i = 0; i < pids->count; i++)
    if (pids->pids[i] == pid)
      return true;
  return false;
}

bool processes_below(struct pids *pids, const struct pids *except) {
  pids->count = 0;
  bool is_whole = add_children(pids, getpid());
  size_t kept = 0;
  for (size_t i = 0; i < pids->count; i++)
    if (!pids_have(except, pids->pids[i]))
      pids->pids[kept++] = pids->pids[i];
  pids->count = kept;
  for (size_t i = 0; is_whole && i < pids->count; i++)
    is_whole = add_children(pids, pids->pids[i]);
  return is_whole;
}

/* The fields behind the name, which may hold anything: " S 1 ...". */
static bool read_stat(pid_t pid, char *state, pid_t *parent) {
  char text[1024];
  long number;
  const char *end =
      read_file(pid, "stat", text, sizeof text) > 0 ? strrchr(text, ')') : NULL;
  if (!end || sscanf(end + 1, " %c %ld", state, &number) != 2)
    return false;
  *parent = (pid_t)number;
  return true;
}

pid_t process_parent(pid_t pid) {
  char state;
  pid_t parent;
  return read_stat(pid, &state, &parent) ? parent : 0;
}

ino_t process_executable(pid_t pid) {
  char path[64];
  struct stat status;
  snprintf(path, sizeof path, "/proc/%ld/exe", (long)pid);
  return stat(path, &status) == 0 ? status.st_ino : 0;
}

void process_command(pid_t pid, char *out, size_t capacity) {
  char words[4096];
  ssize_t length = read_file(pid, "cmdline", words, sizeof words);
  /* with the NUL that read_file sets, a word that was cut off ends, too */
  size_t size = length > 0 ? (size_t)length + (words[length - 1] != '\0') : 0;
  command_text(out, capacity, words, size);
}

/* ---- What they take ---- */

/* "Rss:                1788 kB" */
static uint64_t kib_field(const char *text, const char *name) {
  const char *at = strstr(text, name);
  return at ? strtoull(at + strlen(name), NULL, 10) * 1024 : 0;
}

/* Of another user's process the kernel tells the resident size alone. */
static bool sample_statm(pid_t pid, struct memprof_sample *sample) {
  char text[256], state;
  pid_t parent;
  uint64_t pages;
  if (!read_stat(pid, &state, &parent) || strchr("ZXx", state) ||
      read_file(pid, "statm", text, sizeof text) <= 0 ||
      sscanf(text, "%*u %" SCNu64, &pages) != 1)
    return false;
  sample->rss = pages * (uint64_t)sysconf(_SC_PAGESIZE);
  return true;
}

bool process_sample(pid_t pid, struct memprof_sample *sample) {
  char text[4096];
  sample->rss = sample->pss = sample->uss = 0;
  if (read_file(pid, "smaps_rollup", text, sizeof text) <= 0)
    return sample_statm(pid, sample);
  sample->rss = kib_field(text, "\nRss:");
  sample->pss = kib_field(text, "\nPss:");
  sample->uss = kib_field(text, "\nPrivate_Clean:") +
                kib_field(text, "\nPrivate_Dirty:") +
                kib_field(text, "\nPrivate_Hugetlb:");
  return true;
}

/* ---- Live bytes ---- */

static bool read_header(int fd, struct memprof_header *header) {
  return pread(fd, header, sizeof *header, 0) == sizeof *header &&
         memcmp(header->magic, MEMPROF_MAGIC, sizeof header->magic) == 0;
}

/* A shared, writable mapping of a file from its start on, and whose profile of
 * the run that is. */
static bool open_mapped(const char *line, pid_t pid, uint64_t run,
                        struct live *live) {
  struct memprof_header header;
  char flags[8];
  uintmax_t offset, inode;
  int at = 0;
  if (sscanf(line, "%*s %7s %jx %*s %ju %n", flags, &offset, &inode, &at) < 3 ||
      strcmp(flags, "rw-s") != 0 || offset || line[at] != '/')
    return false;
  int fd = open(line + at, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    return false;
  if (read_header(fd, &header) && header.run == run &&
      header.pid == (uint32_t)pid) {
    live->fd = fd;
    live->inode = (ino_t)inode;
    return true;
  }
  close(fd);
  return false;
}

static void find_profile(pid_t pid, uint64_t run, struct live *live) {
  char path[64], *line = NULL;
  size_t capacity = 0;
  ssize_t length;
  snprintf(path, sizeof path, "/proc/%ld/maps", (long)pid);
  FILE *maps = fopen(path, "re");
  while (maps && live->fd < 0 &&
         (length = getline(&line, &capacity, maps)) > 0) {
    line[length - (line[length - 1] == '\n')] = '\0';
    open_mapped(line, pid, run, live);
  }
  free(line);
  if (maps)
    fclose(maps);
}

int64_t process_live(pid_t pid, uint64_t run, struct live *live) {
  struct memprof_header header;
  if (live->fd < 0)
    find_profile(pid, run, live);
  return live->fd >= 0 && read_header(live->fd, &header)
             ? memprof_header_live(&header)
             : MEMPROF_UNKNOWN;
}

void live_close(struct live *live) {
  if (live->fd >= 0)
    close(live->fd);
  live->fd = -1;
}
