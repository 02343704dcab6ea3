// threads=yes: a finished thread's record is not adopted, until there can be no
// more: then the next thread goes on in the latest.
//
// RUN: %unit %s -o %t && %t 2>&1 | FileCheck %s
#include "records.h"
#include <pthread.h>

//      CHECK: memprof: more than 65536 threads at once: what is new from here
// CHECK-NEXT: done

static void *work(void *number) {
  struct test_frame *frame = enter(A);
  at_line(frame, 1);
  test_malloc(block((uintptr_t)number), 10);
  __memprofpass_exit(frame);
  return NULL;
}

static void in_thread(uintptr_t number) {
  pthread_t thread;
  pthread_create(&thread, NULL, work, (void *)number);
  pthread_join(thread, NULL);
}

struct counts {
  unsigned records, threads, most;
};

static void count(const struct memprof_head *record, void *context) {
  struct counts *counts = context;
  if (record->kind != MEMPROF_KIND_THREAD)
    return;
  const struct memprof_thread *thread = (const void *)record;
  counts->records++;
  counts->threads += thread->threads;
  if (counts->most < thread->threads)
    counts->most = thread->threads;
}

static struct counts count_all(void) {
  struct counts counts = {0, 0, 0};
  image_walk(count, &counts);
  return counts;
}

int main(void) {
  mprt_config.threads = true;
  test_wake("*");
  for (uintptr_t i = 1; i <= 5; i++)
    in_thread(i);
  struct counts counts = count_all();
  CHECK(counts.records == 5 && counts.threads == 5 && counts.most == 1);
  mprt_most_used[MEMPROF_MOST_threads] = 1u << 16;
  for (uintptr_t i = 6; i <= 8; i++)
    in_thread(i);
  counts = count_all();
  CHECK(counts.records == 5 && counts.threads == 8 && counts.most == 4);
  CHECK(total(A, 0).calls == 8 && total(A, 1).bytes == 80);
  CHECK(total(A, 0).nodes == 5 && mprt_header()->dropped_threads == 0);
  fprintf(stderr, "done\n");
  return CHECK_RESULT();
}
