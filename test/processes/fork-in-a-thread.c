// A child forked by a thread: the other threads are not there, what they were
// doing is their parent's, and new threads of the child find room.
//
// RUN: env LEVELS="O0 O2" PEAK_RACES=1 %every_level %s | FileCheck %s
//
// Of the child: its own thread's work(10) in `forks`, and 3 new threads.
// CHECK: Function: work (4 calls, 4 allocations, peak 10 B, kept 0 B)
// CHECK: Function: forks (0 calls, 1 allocation, peak 0 B, kept 0 B)
// CHECK: not executed:
// CHECK-NEXT: waits
// Of the parent: 2 threads wait in work(200), one has done work(1) and forks.
// CHECK: Function: work (1 call, 1 allocation, peak 1 B, kept 0 B)
// CHECK: Function: waits (2 calls, 2 allocations, peak 200 B, kept 0 B)
// CHECK: Function: forks (1 call, 1 allocation, peak 1 B, kept 0 B)
#include "memprof.h"
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_barrier_t begun, over;

MEMPROF_PROFILE void work(size_t size) {
  void *volatile block = malloc(size);
  free(block);
}

MEMPROF_PROFILE void waits(void) {
  void *volatile block = malloc(200);
  pthread_barrier_wait(&begun);
  pthread_barrier_wait(&over);
  free(block);
}

static void *waiter(void *unused) {
  waits();
  return unused;
}

static void *worker(void *unused) {
  work(10);
  return unused;
}

static void child_goes_on(void) {
  work(10);
  for (int i = 0; i < 3; i++) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, worker, NULL) ||
        pthread_join(thread, NULL))
      _exit(1);
  }
  _exit(0);
}

MEMPROF_PROFILE int forks(void) {
  int status = 1;
  work(1);
  pid_t child = fork();
  if (child == 0)
    child_goes_on();
  waitpid(child, &status, 0);
  return status;
}

static void *forker(void *unused) {
  pthread_barrier_wait(&begun);
  if (forks())
    abort();
  pthread_barrier_wait(&over);
  return unused;
}

int main(void) {
  pthread_t threads[3];
  pthread_barrier_init(&begun, NULL, 3);
  pthread_barrier_init(&over, NULL, 3);
  for (int i = 0; i < 3; i++)
    if (pthread_create(&threads[i], NULL, i ? waiter : forker, NULL))
      return 1;
  for (int i = 0; i < 3; i++)
    pthread_join(threads[i], NULL);
  return 0;
}
