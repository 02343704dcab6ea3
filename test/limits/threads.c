// Calls of several threads: each is checked, the worst is told, and the numbers
// are exact.
//
// RUN: env CFLAGS=-pthread RACES=1 sh %S/Inputs/limits.sh %t %mclang %s > %t.txt
// RUN: FileCheck %s < %t.txt
#include "memprof.h"
#include <pthread.h>
#include <stdlib.h>

// Of 4000 calls 4 x 10 allocate too much: 101 bytes, and 105 at the worst.
// CHECK: broken work peak 105 B / 100 B, 5 B too much: in a call; 40 of 4000 calls broke it
MEMPROF_LIMIT("peak=100", "allocs=1..1", "kept=0") void work(size_t size) {
  void *volatile block = malloc(size);
  free(block);
}

static void *run(void *number) {
  for (int i = 1; i <= 1000; i++)
    work(i % 100 ? 100 : i == 500 && *(int *)number == 2 ? 105 : 101);
  return NULL;
}

int main(void) {
  pthread_t threads[4];
  int numbers[4] = {0, 1, 2, 3};
  for (int i = 0; i < 4; i++)
    pthread_create(&threads[i], NULL, run, &numbers[i]);
  for (int i = 0; i < 4; i++)
    pthread_join(threads[i], NULL);
  return 0;
}
// CHECK: status 97
