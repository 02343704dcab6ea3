// Children forked while other threads of the parent make contexts in the file
// that both have mapped: each child's profile is whole and its numbers exact,
// and so are the parent's.
//
// RUN: %mclang -g -O1 %s -o %t
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: env PROFILE_MEMORY=1 \
// RUN:   PROFILE_MEMORY_OPTIONS=stream=none:output=out.mprof %t
// RUN: ls | count 41
// RUN: for file in *; do %memprof report --unit=B $file || exit 1; done > %t.all
// RUN: grep -o 'Function: [cf][ho].*' %t.all | sort | uniq -c | FileCheck %s
//
// A third of the children return through the marked calls that they were forked
// in, a third ends at once, a third has a thread.
// CHECK:      27 Function: child (1 call, 3 allocations, peak 60 B, kept 0 B)
// CHECK-NEXT: 13 Function: child (2 calls, 6 allocations, peak 60 B, kept 0 B)
// CHECK-NEXT: 40 Function: forks (0 calls, 3 allocations, peak 0 B, kept 0 B)
// CHECK-NEXT: 1 Function: forks (6 calls, 40 allocations, peak 5 B, kept 0 B)
#include "memprof.h"
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILDREN = 40, THREADS = 2 };

static _Atomic int is_over;

MEMPROF_PROFILE void leaf(size_t size) {
  void *volatile block = malloc(size);
  free(block);
}

MEMPROF_PROFILE void left(unsigned way);
MEMPROF_PROFILE void right(unsigned way) {
  leaf(1);
  if (way > 1)
    (way & 1 ? left : right)(way / 2);
}

MEMPROF_PROFILE void left(unsigned way) {
  leaf(2);
  if (way > 1)
    (way & 1 ? left : right)(way / 2);
}

static void *busy(void *seed) {
  for (unsigned way = *(unsigned *)seed; !is_over; way = way * 5 + 1)
    left(way >> 8 & 255);
  return NULL;
}

MEMPROF_PROFILE void *child(void *unused) {
  leaf(40);
  leaf(50);
  leaf(60);
  return unused;
}

static void child_ends(int number) {
  pthread_t thread;
  child(NULL);
  if (number % 3 == 1)
    _exit(0);
  if (number % 3 == 2)
    _exit(pthread_create(&thread, NULL, child, NULL) ||
          pthread_join(thread, NULL));
}

MEMPROF_PROFILE int forks(int depth) {
  if (depth > 0)
    return forks(depth - 1);
  for (int i = 0; i < CHILDREN; i++) {
    int status = 1;
    pid_t one = fork();
    if (one == 0) {
      child_ends(i);
      return 0;
    }
    if (waitpid(one, &status, 0) != one || status)
      return 1;
    leaf(5);
  }
  return 0;
}

int main(void) {
  pthread_t threads[THREADS];
  unsigned seeds[THREADS];
  pid_t parent = getpid();
  for (unsigned i = 0; i < THREADS; i++) {
    seeds[i] = i;
    if (pthread_create(&threads[i], NULL, busy, &seeds[i]))
      return 1;
  }
  int failed = forks(5);
  if (getpid() != parent)
    _exit(0);
  is_over = 1;
  for (unsigned i = 0; i < THREADS; i++)
    pthread_join(threads[i], NULL);
  return failed;
}
