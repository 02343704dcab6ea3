// pthread_exit in C++ unwinds: destructors run, while their functions are still
// on the stack, and each marked call is over before its caller's destructors
// run.
//
// RUN: env LEVELS="O0 O2" PEAK_RACES=1 %every_level_cxx %s | FileCheck %s
#include "memprof.h"
#include <cstdlib>
#include <pthread.h>

struct owner {
  void *volatile block; // an unread one would be optimised away
  explicit owner(std::size_t size) : block(std::malloc(size)) {}
  ~owner() { std::free(block); }
};

MEMPROF_PROFILE void inner() {
  owner own(100);
  pthread_exit(nullptr);
}

MEMPROF_PROFILE void *outer(void *argument) {
  owner own(10);
  inner();
  return argument;
}

static void *loads_unwinder(void *argument) { pthread_exit(argument); }

static void run(void *(*body)(void *)) {
  pthread_t thread;
  pthread_create(&thread, nullptr, body, nullptr);
  pthread_join(thread, nullptr);
}

int main() {
  run(loads_unwinder); // the first pthread_exit of a process allocates
  for (int i = 0; i < 3; i++)
    run(outer);
}

// clang-format off
//      CHECK: Function: inner (3 calls, 3 allocations, peak 100 B, kept 0 B)
//      CHECK: 16 10 B 0 B 3 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void inner() {
// CHECK-NEXT: 17 110 B 300 B 3 3 0 300 B 0 B 100 B 0 B owner own(100);
// CHECK-NEXT: 18 110 B 0 B 3 0 0 0 B 0 B 0 B 0 B pthread_exit(nullptr);
// CHECK-NEXT: 19 10 B -300 B 3 0 3 0 B 300 B 0 B 0 B }
//      CHECK: Function: outer (3 calls, 6 allocations, peak 110 B, kept 0 B)
//      CHECK: 21 0 B 0 B 3 0 0 0 B 0 B 0 B 0 B MEMPROF_PROFILE void *outer(void *argument) {
// CHECK-NEXT: 22 10 B 30 B 3 3 0 30 B 0 B 10 B 0 B owner own(10);
// CHECK-NEXT: 23 10 B 0 B 3 3 3 300 B 300 B 100 B 0 B inner();
//      CHECK: 25 0 B -30 B 3 0 3 0 B 30 B 0 B 0 B }
