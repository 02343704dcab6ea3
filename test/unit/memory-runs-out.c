// Without memory for the map of blocks an allocation is not counted, because
// its release would not be seen; without memory for the lines of an in-place
// function that is said. Both count again when there is memory.
//
// RUN: %unit %s -o %t && %t 2>&1 | FileCheck %s
// UNSUPPORTED: sanitize-address, sanitize-thread
#include "records.h"
#include <sys/resource.h>

//      CHECK: memprof: no memory for the map of blocks: some are not counted
// CHECK-NEXT: memprof: no memory for the 100000 lines of 'long'
// CHECK-NEXT: done

static void limit(rlim_t bytes) {
  struct rlimit limit = {bytes, RLIM_INFINITY};
  setrlimit(RLIMIT_AS, &limit);
}

static struct {
  struct memprof_abi_record head;
  struct memprof_abi_line lines[100000];
  char name[8];
} record = {.head = {.size = sizeof record,
                     .abi = MEMPROF_ABI_VERSION,
                     .line_count = 100000,
                     .lines = sizeof record.head,
                     .name = sizeof record - 8,
                     .signature = sizeof record - 8},
            .name = "long"};

static NOINLINE void far(unsigned long long address) {
  struct test_frame *frame = enter(A);
  at_line(frame, 1);
  test_malloc((void *)(uintptr_t)address, 100);
  test_malloc((void *)(uintptr_t)(address + 1), 10); /* the side table's */
  test_realloc(NULL, (void *)(uintptr_t)(address + 4096), 50);
  __memprofpass_exit(frame);
}

int main(void) {
  test_wake("*");
  mprt_attach();
  limit(1 << 20);
  far(1ull << 45);
  CHECK(total(A, 1).allocs == 0 && total(A, 1).bytes == 0);
  CHECK(mprt_header()->dropped_lines == 3);
  CHECK(process_live() == 0 && mprt_thread()->live == 0);
  __memprofpass_register(&record, &record + 1);
  limit(RLIM_INFINITY);
  far(1ull << 44);
  CHECK(total(A, 1).allocs == 3 && total(A, 1).bytes == 160);
  CHECK(process_live() == 160 && mprt_thread()->live == 160);
  fprintf(stderr, "done\n");
  return CHECK_RESULT();
}
