// Destructors of thread-local objects and of a key made after ours call marked
// functions, allocate and release while the thread ends: all of it counts.
//
// RUN: env LEVELS="O0 O2" PEAK_RACES=1 %every_level_cxx %s | FileCheck %s
#include "memprof.h"
#include <cstdlib>
#include <pthread.h>

MEMPROF_PROFILE void *takes(std::size_t size) { return std::malloc(size); }
MEMPROF_PROFILE void gives(void *block) { std::free(block); }

struct owner {
  void *volatile block = takes(100);
  ~owner() {
    gives(block);
    gives(takes(30));
  }
};

static thread_local owner own;
static pthread_key_t key;

static void at_end(void *block) {
  gives(block);
  gives(takes(7));
}

static void *run(void *argument) {
  pthread_setspecific(key, takes(own.block ? 50 : 0));
  return argument;
}

int main() {
  pthread_key_create(&key, at_end);
  for (int i = 0; i < 20; i++) {
    pthread_t thread;
    pthread_create(&thread, nullptr, run, nullptr);
    pthread_join(thread, nullptr);
  }
}

// Per thread: 100, 50, 30 and 7.
// clang-format off
//      CHECK: Function: takes (80 calls, 80 allocations, peak 100 B, kept 0 B)
//      CHECK: 9 7 B 3740 B 80 80 0 3740 B 0 B 100 B 0 B MEMPROF_PROFILE void *takes(std::size_t size) { return std::malloc(size); }
//      CHECK: Function: gives (80 calls, 0 allocations, peak 0 B, kept 0 B)
//      CHECK: 10 0 B -3740 B 80 0 80 0 B 3740 B 0 B 0 B MEMPROF_PROFILE void gives(void *block) { std::free(block); }
