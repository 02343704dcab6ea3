/* survivors.h - runs busy.c, ends it, and holds the profile that is left
 * against what the program counted itself. For unit tests: the reader is the
 * runtime's. */
#ifndef MEMPROF_TEST_SURVIVORS_H
#define MEMPROF_TEST_SURVIVORS_H

#include "counts.h"
#include "report/report.h"
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static inline void die(const char *what) {
  perror(what);
  exit(1);
}

static inline void *map_file(const char *name, size_t *size) {
  struct stat seen;
  int fd = open(name, O_RDWR);
  if (fd < 0 || fstat(fd, &seen) != 0)
    return NULL;
  void *memory = MAP_FAILED;
  if (seen.st_size)
    memory = mmap(NULL, (size_t)seen.st_size, PROT_READ | PROT_WRITE,
                  MAP_SHARED, fd, 0);
  close(fd);
  *size = (size_t)seen.st_size;
  return memory == MAP_FAILED ? NULL : memory;
}

/* A new file of zeros, for busy.c to count in. */
static inline volatile struct counts *counts_make(const char *name) {
  size_t size;
  int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (fd < 0 || ftruncate(fd, sizeof(struct counts)) != 0)
    die(name);
  close(fd);
  return map_file(name, &size);
}

static inline pid_t start(char *const arguments[]) {
  pid_t child = fork();
  if (child == 0) {
    setenv("PROFILE_MEMORY", "1", 1);
    setenv("PROFILE_MEMORY_OPTIONS", "stream=none:output=busy.mprof", 1);
    execv(arguments[0], arguments);
    die(arguments[0]);
  }
  return child;
}

static inline struct events profile_sum(const struct profile *profile,
                                        const char *name) {
  struct events sum = {0, 0, 0, 0};
  for (size_t i = 0; i < profile->line_count; i++) {
    const struct memprof_line *line = profile->lines[i];
    const struct memprof_node *node =
        profile->nodes[profile_node(profile, line->node)];
    if (!node->function)
      continue;
    const struct memprof_abi_record *function =
        memprof_function_record(profile->functions[node->function - 1]);
    if (strcmp((const char *)function + function->name, name) != 0)
      continue;
    sum.allocs += line->allocs;
    sum.bytes += line->bytes;
    sum.frees += line->frees;
    sum.freed += line->freed;
  }
  return sum;
}

#define LIES_BETWEEN(FIELD)                                                    \
  (after.FIELD <= sum.FIELD && sum.FIELD <= before.FIELD)

/* Returns how the process ended, -1 when there is no file, as it may be when
 * nothing was counted, and -2, after a message, when the profile is wrong. */
static inline int survivor_check(const char *name,
                                 const volatile struct counts *counts) {
  struct profile profile;
  struct scratch scratch = {0};
  char error[256] = "out of memory";
  size_t size = 0;
  int result = -2;
  void *image = map_file(name, &size);
  if (!image) {
    struct events none = {0, 0, 0, 0};
    for (unsigned i = 0; i < THREADS; i++) {
      struct events after = counts->threads[i].after;
      if (memcmp(&after, &none, sizeof none) != 0) {
        printf("no file '%s'\n", name);
        return -2;
      }
    }
    return -1;
  }
  if (!profile_open(&profile, image, size, &scratch, error, sizeof error)) {
    printf("%s: %s\n", name, error);
    goto out;
  }
  if (profile.cut_off) {
    printf("%s: cut off\n", name);
    goto out;
  }
  result = (int)(profile.header->end << 8 | profile.header->status);
  for (unsigned i = 0; i < THREADS; i++) {
    char function[8];
    snprintf(function, sizeof function, "work%u", i);
    struct events sum = profile_sum(&profile, function);
    struct events before = counts->threads[i].before;
    struct events after = counts->threads[i].after;
    if (LIES_BETWEEN(allocs) && LIES_BETWEEN(bytes) && LIES_BETWEEN(frees) &&
        LIES_BETWEEN(freed))
      continue;
    printf("%s: %s has %" PRIu64 " allocations, %" PRIu64
           " releases; it made %" PRIu64 "..%" PRIu64 ", %" PRIu64 "..%" PRIu64
           "\n",
           name, function, sum.allocs, sum.frees, after.allocs, before.allocs,
           after.frees, before.frees);
    result = -2;
  }
out:
  scratch_release(&scratch);
  munmap(image, size);
  return result;
}

#endif
