// busy.c: busy COUNTS [END EVENT [COUNTS2]]: four threads allocate and release
// in marked functions of their own, for ever, and count that in COUNTS. At its
// EVENT-th turn the first thread ends the process in the way END, when all have
// had a turn: what begins while the process ends is in no profile.
#define _GNU_SOURCE
#include "counts.h"
#include "memprof.h"
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HELD 64

static struct counts *counts;
static char **arguments;
static _Atomic bool is_paused;
static _Atomic unsigned begun;
static uint64_t last_turn = UINT64_MAX;

struct worker {
  unsigned number;
  uint64_t random;
  void *held[HELD];
  size_t sizes[HELD];
};

static uint64_t next_random(struct worker *w) {
  w->random = w->random * 6364136223846793005u + 1442695040888963407u;
  return w->random >> 33;
}

static void add(volatile struct events *events, struct events e) {
  events->allocs += e.allocs;
  events->bytes += e.bytes;
  events->frees += e.frees;
  events->freed += e.freed;
}

static inline __attribute__((always_inline)) void turn(struct worker *w) {
  volatile struct events *before = &counts->threads[w->number].before;
  volatile struct events *after = &counts->threads[w->number].after;
  unsigned i = next_random(w) % HELD;
  size_t size = 1 + next_random(w) % 3000;
  struct events e = {.allocs = 1, .bytes = size};
  if (w->held[i] && next_random(w) % 2) {
    e = (struct events){.frees = 1, .freed = w->sizes[i]};
    add(before, e);
    free(w->held[i]);
    add(after, e);
    w->held[i] = NULL;
    return;
  }
  if (w->held[i]) {
    e.frees = 1;
    e.freed = w->sizes[i];
  }
  add(before, e);
  w->held[i] = w->held[i] ? realloc(w->held[i], size) : malloc(size);
  add(after, e);
  w->sizes[i] = size;
}

MEMPROF_PROFILE void work0(struct worker *w) { turn(w); }
MEMPROF_PROFILE void work1(struct worker *w) { turn(w); }
MEMPROF_PROFILE void work2(struct worker *w) { turn(w); }
MEMPROF_PROFILE void work3(struct worker *w) { turn(w); }

static void end(void) {
  const char *how = arguments[2];
  while (begun < THREADS)
    sched_yield();
  if (strcmp(how, "abort") == 0)
    abort();
  if (strcmp(how, "_exit") == 0)
    _exit(7);
  if (strcmp(how, "exit") == 0)
    exit(7);
  if (strcmp(how, "SIGSEGV") == 0)
    *(volatile int *)8 = 0;
  if (strcmp(how, "SIGTERM") == 0)
    raise(SIGTERM);
  if (strcmp(how, "exec") == 0)
    execl("/proc/self/exe", arguments[0], arguments[4], "_exit", arguments[3],
          (char *)NULL);
  /* the others wait: what they touch would keep the kernel busy for long */
  atomic_store(&is_paused, strcmp(how, "memory") == 0);
  while (is_paused) {
    void *volatile block = malloc(1 << 20);
    memset(block, 1, 1 << 20);
  }
}

static void *run(void *argument) {
  static void (*const works[THREADS])(struct worker *) = {work0, work1, work2,
                                                          work3};
  struct worker worker = {.number = (unsigned)(uintptr_t)argument};
  worker.random = worker.number;
  for (uint64_t turns = 0;; turns++) {
    if (worker.number == 0 && turns == last_turn)
      end();
    while (is_paused)
      pause();
    works[worker.number](&worker);
    if (turns == 0)
      begun++;
  }
  return NULL;
}

int main(int argc, char **argv) {
  int fd = open(argv[1], O_RDWR);
  counts =
      mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  arguments = argv;
  if (counts == MAP_FAILED)
    return 1;
  if (argc > 3)
    last_turn = strtoull(argv[3], NULL, 10);
  for (uintptr_t i = 1; i < THREADS; i++) {
    pthread_t thread;
    pthread_create(&thread, NULL, run, (void *)i);
  }
  run(NULL);
}
