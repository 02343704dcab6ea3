// A limited address space gives a smaller image; none left, profiling says so
// and stays off.
//
// RUN: %unit %s -o %t && %t 2>&1 | FileCheck %s
// UNSUPPORTED: sanitize-address, sanitize-thread
#include "check.h"
#include "config.h"
#include "runtime.h"
#include <sys/resource.h>

static void limit(rlim_t bytes) {
  struct rlimit limit = {bytes, RLIM_INFINITY};
  setrlimit(RLIMIT_AS, &limit);
}

int main(void) {
  mprt_init();
  mprt_config_defaults(&mprt_config);
  limit(1 << 20); /* less than is in use */
  CHECK(!mprt_arena_open() && !mprt_arena_base);
  limit((rlim_t)1 << 28);
  CHECK(mprt_arena_open());
  CHECK(mprt_header()->capacity == 1 << 25); /* the rest is the guest's */
  limit(RLIM_INFINITY);
  fprintf(stderr, "done\n");
  return CHECK_RESULT();
}

// CHECK: memprof: cannot reserve memory for the profile, profiling stays off
// CHECK: done
