/* measure.c - `measure FILE PROGRAM ARGUMENT...` runs a program and writes what
 * it took to FILE, one line of numbers: user, system and wall time in
 * microseconds, peak memory in KiB (the largest process where it starts
 * others), and the exit status as the shell tells it. A small C program,
 * because a child's peak begins with that of the one that starts it.
 */
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static long long microseconds(struct timeval t) {
  return t.tv_sec * 1000000ll + t.tv_usec;
}

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000ll + t.tv_nsec / 1000;
}

int main(int argc, char **argv) {
  pid_t child;
  int status;
  struct rusage usage;
  if (argc < 3) {
    fprintf(stderr, "usage: measure FILE PROGRAM ARGUMENT...\n");
    return 2;
  }
  long long start = now();
  int error = posix_spawnp(&child, argv[2], NULL, NULL, argv + 2, environ);
  if (error) {
    fprintf(stderr, "measure: cannot run '%s': %s\n", argv[2], strerror(error));
    return 2;
  }
  if (wait4(child, &status, 0, &usage) != child) {
    perror("measure: wait4");
    return 2;
  }
  long long wall = now() - start;
  FILE *file = fopen(argv[1], "w");
  if (!file) {
    perror(argv[1]);
    return 2;
  }
  fprintf(file, "%lld %lld %lld %ld %d\n", microseconds(usage.ru_utime),
          microseconds(usage.ru_stime), wall, usage.ru_maxrss,
          WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
  if (fclose(file) != 0) {
    perror(argv[1]);
    return 2;
  }
  return 0;
}
