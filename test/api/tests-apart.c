// The numbers of each test apart, and of all: a test is told apart also when a
// marked function runs the tests, when tests run at once in several threads, and
// when a test forks. What a test does outside marked functions does not count.
//
// RUN: env LEVELS="O0 O2" PEAK_RACES=1 %every_level %s | FileCheck %s
#include "stats.h"
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void *volatile block;

MEMPROF_PROFILE static void take(size_t size) {
  void *volatile mine = malloc(size);
  free(mine);
}

static void test(const char *name, size_t size) {
  memprof_test_begin("suite", name);
  block = malloc(1000); // the framework's own
  take(size);
  free(block);
  show("take");
  memprof_test_end();
}

static pthread_barrier_t begun, together;

static void *in_thread(void *name) {
  memprof_test_begin("threads", name);
  pthread_barrier_wait(&begun);
  pthread_barrier_wait(&together);
  for (int i = 0; i < 100; i++)
    take(2);
  pthread_barrier_wait(&together);
  memprof_test_end();
  return NULL;
}

// A marked function between: the tests are told all the same, and the runner
// has it all.
MEMPROF_PROFILE static void runner(void) {
  test("three", 30);
  take(5);
}

int main(void) {
  pthread_t threads[2];
  // CHECK: take: calls 1 allocs 1 frees 1 bytes 10 freed 10 kept 0
  test("one", 10);
  // CHECK: take: calls 1 allocs 1 frees 1 bytes 20 freed 20 kept 0
  test("two", 20);
  // CHECK: take: calls 1 allocs 1 frees 1 bytes 30 freed 30 kept 0
  runner();
  // CHECK: take: calls 4 allocs 4 frees 4 bytes 65 freed 65 kept 0
  show("take");
  // CHECK: runner: calls 1 allocs 3 frees 3 bytes 1035 freed 1035 kept 0
  show("runner");
  pthread_barrier_init(&together, NULL, 2);
  pthread_barrier_init(&begun, NULL, 2);
  pthread_create(&threads[0], NULL, in_thread, "a");
  pthread_barrier_wait(&begun);
  pthread_create(&threads[1], NULL, in_thread, "b");
  pthread_barrier_wait(&begun);
  pthread_join(threads[0], NULL);
  pthread_join(threads[1], NULL);
  // CHECK: threads.a: calls 1 allocs 100 frees 100 bytes 200 freed 200 kept 0
  show("threads.a");
  // CHECK: threads.b: calls 1 allocs 100 frees 100 bytes 200 freed 200 kept 0
  show("threads.b");
  memprof_test_begin("suite", "forks");
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    // CHECK: take: calls 1 allocs 1 frees 1 bytes 7 freed 7 kept 0
    take(7);
    show("take");
    memprof_test_end();
    show("suite.forks");
    exit(0);
  }
  waitpid(child, NULL, 0);
  memprof_test_end();
  return 0;
}

// The child's report, then the parent's. The test that runs at the fork is its
// parent's, but what it did there since is told.
// CHECK: suite.forks: calls 0 allocs 1 frees 1 bytes 7 freed 7 kept 0
// CHECK: Function: take (1 call, 1 allocation, peak 7 B, kept 0 B)
// CHECK: Function: take (204 calls, 204 allocations, peak 30 B, kept 0 B)
// CHECK: Function: runner (1 call, 3 allocations, peak 1030 B, kept 0 B)
// CHECK: 1 2 2 1030 B 1030 B 1030 B 0 B test("three", 30);
// CHECK: tests:
// CHECK-NEXT: {{^}} suite.one (1 run, 1 allocation, peak 10 B, kept 0 B at its end)
// CHECK-NEXT: {{^}} suite.two (1 run, 1 allocation, peak 20 B, kept 0 B at its end)
// CHECK-NEXT: {{^}} suite.three (1 run, 2 allocations, peak 1030 B, kept 0 B at its end)
// CHECK: threads.a (1 run, 100 allocations, peak 2 B, kept 0 B at its end)
// CHECK: suite.forks (1 run, 0 allocations, peak 0 B, kept 0 B at its end)
