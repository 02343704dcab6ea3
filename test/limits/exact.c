// A limit exactly met holds; one byte, one allocation, one block less is broken.
// As a ceiling and as a floor, for each metric, at -O0 and -O2.
//
// clang-format off
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: for level in O0 O2; do %mclang -g -$level %s -o work || exit 1; \
// RUN: for limit in allocs=3 frees=2 bytes=1100 peak=1000 kept=600 leaked=600 process.peak=1000; do \
// RUN:   metric=${limit%%=*} value=${limit#*=}; \
// RUN:   for range in $value $value..$value 0..$value $value..; do \
// RUN:     printf '[limits]\n%%s = %%s\n' $metric $range > profile_config.ini; \
// RUN:     env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=show_limits=1 ./work > out 2>&1 || { cat out; exit 1; }; \
// RUN:     grep "limits: 0 broken, 1 not" out && grep "ok .*$metric $value" out || exit 1; \
// RUN:   done; \
// RUN:   for range in $((value - 1)) 0..$((value - 1)); do \
// RUN:     printf '[limits]\n%%s = %%s\n' $metric $range > profile_config.ini; \
// RUN:     env PROFILE_MEMORY=1 ./work > out 2>&1; test $? = 97 || { cat out; exit 1; }; \
// RUN:     grep "broken .*$metric $value .*, 1.* too much" out || { cat out; exit 1; }; \
// RUN:   done; \
// RUN:   for range in $((value + 1)).. $((value + 1))..9999; do \
// RUN:     printf '[limits]\n%%s = %%s\n' $metric $range > profile_config.ini; \
// RUN:     env PROFILE_MEMORY=1 ./work > out 2>&1; test $? = 97 || { cat out; exit 1; }; \
// RUN:     grep "broken .*$metric $value .*, 1.* too little" out || { cat out; exit 1; }; \
// RUN:   done; \
// RUN: done; done > log || { cat log; exit 1; }
// RUN: grep -c 'limits: 0 broken' log | grep -x 56 && grep -c 'too much' log | grep -x 28 && grep -c 'too little' log | grep -x 28
// clang-format on
#include "memprof.h"
#include <stdlib.h>

static void *volatile kept, *volatile block;

MEMPROF_PROFILE void work(void) {
  kept = malloc(600);
  block = malloc(400);
  free(block);
  block = malloc(100);
  free(block);
}

int main(void) {
  work();
  return 0;
}
