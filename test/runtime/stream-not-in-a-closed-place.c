// A program without stdout writes to it after our report, from a handler that
// was there before us. What it writes does not land in the report.
//
// clang-format off
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir && %mclang -g -O0 %s -o late
// RUN: ./late | grep 'the last word'
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=stream=report.txt ./late 1>&-
// RUN: grep 'Function: work' report.txt && not grep 'the last word' report.txt
// clang-format on
#define _GNU_SOURCE
#include "memprof.h"
#include <stdlib.h>
#include <unistd.h>

MEMPROF_PROFILE static void work(void) { free(malloc(10)); }

static void say(int status, void *unused) {
  (void)status;
  (void)unused;
  if (write(1, "the last word\n", 14) != 14)
    _exit(0);
}

static void at_start(void) { on_exit(say, NULL); }
__attribute__((section(".preinit_array"),
               used)) static void (*start)(void) = at_start;

int main(void) {
  work();
  return 0;
}
