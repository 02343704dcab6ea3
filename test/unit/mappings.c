// Ranges that are mapped and unmapped in parts: what is released is what was
// there. The addresses are numbers; nothing is mapped.
//
// RUN: %unit %s -o %t && %t
#include "entry.h"
#include "records.h"
#include "wake.h"

enum { PAGE = 4096, BASE = 1000 };

static const struct memprof_mapping *mapping;
static uint64_t before;

static void *page(unsigned number) {
  return (void *)((uintptr_t)(BASE + number) * PAGE);
}

#define CFA() ((uintptr_t)__builtin_dwarf_cfa())

static NOINLINE void change(unsigned old, unsigned old_count, unsigned at,
                            unsigned count, bool replaces) {
  CHECK(__memprofpass_mapping(CFA()));
  CHECK(!__memprofpass_mapping(CFA())); /* one at a time */
  __memprofpass_mapped(page(old), (size_t)old_count * PAGE, page(at),
                       (size_t)count * PAGE, replaces, CFA());
}

/* The pages that a munmap releases. */
static NOINLINE unsigned unmap(unsigned at, unsigned count) {
  before = mapping->unmapped;
  change(at, count, 0, 0, false);
  return (unsigned)((mapping->unmapped - before) / PAGE);
}

static void map(unsigned at, unsigned count) { change(0, 0, at, count, false); }

static void find(const struct test_frame *frame) {
  const struct memprof_frame *at = (const void *)frame;
  const struct memprof_node *node = mprt_at(at->node);
  mapping = mprt_at(node->mappings);
  CHECK(mapping->line == 1);
}

static NOINLINE void parts(struct test_frame *frame) {
  map(0, 10);
  find(frame);
  CHECK(mapping->maps == 1 && mapping->mapped == 10 * PAGE);
  CHECK(unmap(3, 2) == 2); /* 0-2 and 5-9 stay */
  CHECK(unmap(3, 2) == 0); /* nothing is there */
  CHECK(mapping->unmaps == 1);
  CHECK(unmap(2, 4) == 2);  /* the end of one, the start of the other */
  CHECK(unmap(0, 1) == 1);  /* 1 and 6-9 stay */
  CHECK(unmap(9, 20) == 1); /* 1 and 6-8 stay */
  map(20, 2);
  map(15, 1);
  CHECK(unmap(0, 100) == 7);
  CHECK(unmap(0, 100) == 0);
}

static NOINLINE void over(void) {
  uint64_t unmapped = mapping->unmapped, mapped = mapping->mapped;
  map(0, 4);
  change(0, 0, 1, 2, true); /* MAP_FIXED */
  CHECK(mapping->unmapped == unmapped + 2 * PAGE);
  map(3, 1); /* the release of what was there was not seen */
  CHECK(mapping->unmapped == unmapped + 2 * PAGE);
  CHECK(mapping->mapped == mapped + 7 * PAGE);
  CHECK(unmap(0, 4) == 4);
  map(0, 4);
  uint64_t unmaps = mapping->unmaps, maps = mapping->maps;
  change(1, 2, 10, 6, false); /* mremap of a part */
  CHECK(mapping->unmaps == unmaps + 1 && mapping->maps == maps + 1);
  CHECK(unmap(0, 4) == 2 && unmap(10, 6) == 6);
}

static NOINLINE void many(void) {
  enum { MANY = 3000 };
  map(0, 2 * MANY);
  for (unsigned i = 0; i < MANY; i++)
    CHECK(unmap(2 * i, 1) == 1);
  CHECK(unmap(0, 2 * MANY) == MANY);
}

/* A child's parent's; and what is mapped outside. */
static NOINLINE void strange(void) {
  map(0, 4);
  mprt_mappings_forked();
  CHECK(unmap(0, 4) == 0);
}

static NOINLINE void inside(void) {
  struct test_frame *frame = enter(A);
  at_line(frame, 1);
  parts(frame);
  over();
  many();
  strange();
  __memprofpass_exit(frame);
}

static NOINLINE void after(void) {
  struct test_frame *frame = enter(A);
  at_line(frame, 1);
  CHECK(unmap(50, 10) == 0);
  __memprofpass_exit(frame);
}

int main(void) {
  test_wake("*");
  CHECK(!__memprofpass_mapping(CFA())); /* track=heap */
  mprt_config.track = 1;
  mprt_awake_set(MPRT_AWAKE);
  inside();
  uint64_t mapped = mapping->mapped;
  map(50, 10);
  CHECK(mapping->mapped == mapped);
  after();
  CHECK(mprt_thread()->allocs == 0 && mprt_header()->peak == 0);
  return CHECK_RESULT();
}
