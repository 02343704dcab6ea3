// memprof_limit_set: beats the mark and the ini, holds for the calls that end from
// then on, for functions of a glob or for the process; what was broken before
// stays broken. The sink hears of each violation as it happens.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: printf '[limits work]\nallocs = 0\n' > profile_config.ini
// RUN: sh %S/Inputs/limits.sh %t %mclang %s 2>&1 | FileCheck %s
// RUN: %t.O0 2>&1 | FileCheck --check-prefix=ASLEEP %s
#include "memprof.h"
#include <stdio.h>
#include <stdlib.h>

MEMPROF_LIMIT("peak=50") void work(size_t size) {
  void *volatile block = malloc(size);
  free(block);
}

static void on_violation(void *context,
                         const struct memprof_violation *violation) {
  void *volatile mine = malloc(1000); /* counts for nobody */
  printf("%s: %s, limit %llu, actual %llu, call %llu\n", (char *)context,
         violation->text, violation->ceiling, violation->actual,
         violation->call);
  free(mine);
}

int main(void) {
  memprof_set_sink(on_violation, "sink");
  // CHECK: sink: work allocs 1 / 0 in call 1, limit 0, actual 1, call 1
  // CHECK-NEXT: sink: work peak 60 B / 50 B in call 1, limit 50, actual 60, call 1
  work(60);
  // CHECK-NEXT: 1 1 1
  printf("%d %d %d\n", memprof_limit_set("work", "peak=60"),
         memprof_limit_set("w*", "allocs=1"),
         memprof_limit_set("", "process.peak=70"));
  work(60);
  // CHECK-NEXT: sink: work peak 61 B / 60 B in call 3, limit 60, actual 61, call 3
  work(61);
  // CHECK-NEXT: 0 0 0
  // ASLEEP: 0 0 0
  fflush(stdout);
  printf("%d %d %d\n", memprof_limit_set("work", "peak=1QB"),
         memprof_limit_set("work", "process.peak=1"),
         memprof_limit_set("work", "peak"));
  return 0;
}
// CHECK: limits: 3 broken, 2 not
// CHECK-NEXT: ok work allocs 1 / 1 (100%)
// CHECK-NEXT: broken work allocs 1 / 0, 1 too much: in call 1; 1 of 1 call broke it; set by the ini's section of this name, profile_config.ini:2
// CHECK: broken work peak 61 B / 60 B, 1 B too much: in call 3; 1 of 2 calls broke it; set by memprof_limit_set
// CHECK: to allow it: memprof_limit_set("work", "peak=61B")
// CHECK: broken work peak 60 B / 50 B, 10 B too much: in call 1; 1 of 1 call broke it; set by the mark
// CHECK: ok process.peak 61 B / 70 B (87%)
