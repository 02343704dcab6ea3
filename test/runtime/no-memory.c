// No memory to wake, or to make the report: one message, and the program runs
// on with its own exit status.
//
// clang-format off
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir && %mclang -g -O0 %s -o program
// RUN: %host_cc -O1 -shared -fPIC -DNO_GATE %s -o no-gate.so
// RUN: status=0; LD_PRELOAD=./no-gate.so PROFILE_MEMORY=1 ./program > out 2> err || status=$?; test $status = 7
// RUN: echo 'memprof: no memory, profiling stays off' | diff - err && grep 'active 0, enabled 0' out
//
// RUN: status=0; env PROFILE_MEMORY=1 ./program limited > out 2> err || status=$?; test $status = 7
// RUN: FileCheck %s < err && grep 'active 1, enabled 1' out
// clang-format on
#ifdef NO_GATE

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sys/mman.h>

// What the awake word lies on, and a byte for each of 2^22 pages.
void *mmap(void *address, size_t size, int protection, int flags, int fd,
           off_t offset) {
  void *(*real)(void *, size_t, int, int, int, off_t) =
      (void *(*)(void *, size_t, int, int, int, off_t))dlsym(RTLD_NEXT, "mmap");
  if (size == 4096 + (1 << 22)) {
    errno = ENOMEM;
    return MAP_FAILED;
  }
  return real(address, size, protection, flags, fd, offset);
}

#else

#include "memprof.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

MEMPROF_PROFILE static void work(void) { free(malloc(10)); }

int main(int argc, char **argv) {
  int active = memprof_is_active();
  printf("active %d, enabled %d\n", active, memprof_enable());
  work();
  if (argc > 1) {
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_AS, &none);
  }
  (void)argv;
  return 7;
}

#endif

// CHECK: {{^}}memprof: no report: out of memory{{$}}
// CHECK-NOT: {{.}}
