// The map of blocks at its edges: every alignment, size and address comes back
// as it went in; foreign addresses are nobody's; a block that stands in the way
// of a new one is handed out, to be counted as a release not seen. All of it
// with blocks that may be 8 bytes apart, and with those of glibc, 32.
//
// RUN: %unit %s -o %t && %t && %t sparse
#include "blocks.h"
#include "check.h"
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define BIT(N) (UINT64_C(1) << (N))

/* Line records start cache lines, so their refs are multiples of 4. */
static const memprof_ref line = 48;

static void *address(uint64_t value) { return (void *)(uintptr_t)value; }

static void comes_back(uint64_t at, memprof_ref from, uint64_t size) {
  CHECK(mprt_blocks_take(address(at)) == 0);
  CHECK(mprt_blocks_put(address(at), from, size) == 0);
  mprt_block block = mprt_blocks_take(address(at));
  CHECK(block != 0);
  if (block) {
    CHECK(mprt_block_line(block) == from);
    CHECK(mprt_block_size(block) == size);
  }
  CHECK(mprt_blocks_take(address(at)) == 0);
}

static void edges(void) {
  const uint64_t addresses[] = {
      16,           0x1000,       0x1ff0 /* last of its page */,
      0x12345678,   0x12345670,   0x7fffffffffe0,
      BIT(47) - 16, BIT(48) - 16, BIT(48),
      BIT(56) + 32, 0x1001,       0x2004,
      0x1ff8,       0x3fffffff0,  ~UINT64_C(0)};
  const uint64_t sizes[] = {0,           1,           62,          63,
                            64,          127,         128,         4096,
                            BIT(31) - 1, BIT(31),     BIT(32) + 5, BIT(36) - 1,
                            BIT(36),     BIT(40) + 3, BIT(60)};
  /* the last one in an image of 1 GiB */
  const memprof_ref lines[] = {4, 12, 48, 1 << 20, (1 << 26) - 4};
  for (size_t a = 0; a < sizeof addresses / sizeof *addresses; a++)
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
      for (size_t l = 0; l < sizeof lines / sizeof *lines; l++)
        comes_back(addresses[a], lines[l], sizes[s]);
}

/* Blocks that touch each other, in two pages, wherever their line stands. */
static void neighbours(memprof_ref from) {
  uint64_t least = mprt_blocks_are_sparse ? 32 : 8;
  for (uint64_t step = least; step <= 512; step += step < 64 ? 8 : 24) {
    unsigned count = 0;
    for (uint64_t at = 0x50000; at + step <= 0x52000; at += step)
      CHECK(mprt_blocks_put(address(at), from, step) == 0);
    for (uint64_t at = 0x50000; at + step <= 0x52000; at += step, count++) {
      mprt_block block = mprt_blocks_take(address(at));
      CHECK(block && mprt_block_size(block) == step);
      CHECK(block && mprt_block_line(block) == from);
    }
    CHECK(count == 0x2000 / step);
    for (uint64_t at = 0x50000; at < 0x52000; at++)
      CHECK(mprt_blocks_take(address(at)) == 0);
  }
}

static void foreign(void) {
  CHECK(mprt_blocks_take(NULL) == 0);
  mprt_blocks_put(address(0x60000), line, 1000);
  for (uint64_t at = 0x60001; at < 0x60400; at++)
    CHECK(mprt_blocks_take(address(at)) == 0); /* inside, not at its start */
  for (uint64_t at = BIT(20); at < BIT(63); at *= 2)
    CHECK(mprt_blocks_take(address(at + 16)) == 0);
  CHECK(mprt_block_size(mprt_blocks_take(address(0x60000))) == 1000);
}

/* A page's bit is set from its first block on, and pages far apart share one. */
static void pages_seen(void) {
  const uint64_t at = BIT(42) + BIT(33);
  CHECK(!mprt_blocks_may_hold(address(at)));
  CHECK(mprt_blocks_put(address(at + 64), line, 10) == 0);
  CHECK(mprt_blocks_may_hold(address(at)));
  CHECK(mprt_blocks_may_hold(address(at + 4095)));
  CHECK(!mprt_blocks_may_hold(address(at + 4096)));
  CHECK(!mprt_blocks_may_hold(address(at - 1)));
  CHECK(mprt_blocks_may_hold(address(at + BIT(34) + 64)));
  CHECK(mprt_blocks_take(address(at + BIT(34) + 64)) == 0);
  CHECK(mprt_blocks_put(address(at + BIT(34) + 64), line, 20) == 0);
  CHECK(mprt_block_size(mprt_blocks_take(address(at + 64))) == 10);
  CHECK(mprt_block_size(mprt_blocks_take(address(at + BIT(34) + 64))) == 20);
}

static uint64_t retired(uint64_t at, uint64_t size) {
  mprt_block stale = mprt_blocks_put(address(at), line, size);
  return stale ? mprt_block_size(stale) : 0;
}

static void releases_not_seen(void) {
  CHECK(retired(0x70000, 10) == 0);
  CHECK(retired(0x70000, 20) == 10); /* small on small */
  CHECK(retired(0x70000, 300) == 20);
  CHECK(retired(0x70020, 5) == 300); /* where the old one kept its size */
  CHECK(mprt_blocks_take(address(0x70000)) == 0);
  CHECK(retired(0x70000, 400) == 5); /* and now its size goes there again */
  CHECK(retired(0x70000, BIT(33)) == 400);
  CHECK(retired(0x70000, 8) == BIT(33)); /* in the side table */
  CHECK(retired(0x70010, 7) == (mprt_blocks_are_sparse ? 8 : 0));
  CHECK(retired(0x70000, 8) == (mprt_blocks_are_sparse ? 7 : 8));
  CHECK(retired(0x70003, 9) == 0);
  CHECK(retired(0x70003, 11) == 9);
  CHECK(mprt_block_size(mprt_blocks_take(address(0x70000))) == 8);
  CHECK(mprt_block_size(mprt_blocks_take(address(0x70003))) == 11);
}

/* Where a large block was, two small ones find no trace of it. */
static void reused(void) {
  for (int i = 0; i < 2; i++) {
    comes_back(0x78000, line, 300);
    CHECK(retired(0x78000, 10) == 0 && retired(0x78020, 20) == 0);
    CHECK(mprt_block_size(mprt_blocks_take(address(0x78000))) == 10);
    CHECK(mprt_block_size(mprt_blocks_take(address(0x78020))) == 20);
  }
}

static void many_odd_ones(void) {
  for (uint64_t i = 0; i < 3000; i++)
    CHECK(mprt_blocks_put(address(0x80001 + 16 * i), line, BIT(36) + i) == 0);
  for (uint64_t i = 3000; i-- > 0;)
    CHECK(mprt_block_size(mprt_blocks_take(address(0x80001 + 16 * i))) ==
          BIT(36) + i);
  CHECK(mprt_blocks_take(address(0x80001)) == 0);
}

/* A model of what should be in the map, and the map, over random events. */
enum { SLOTS = 4096 };
static void random_events(void) {
  static uint64_t size_of[SLOTS]; /* 0: no block */
  uint64_t seed = 12345;
  for (int i = 0; i < 200000; i++) {
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    unsigned slot = (unsigned)(seed >> 33) % SLOTS;
    uint64_t at = BIT(40) + slot * 1040, size = 1 + (seed >> 48) % 1040;
    mprt_block had =
        size_of[slot] ? 0 : mprt_blocks_put(address(at), line, size);
    CHECK(had == 0);
    if (size_of[slot]) {
      mprt_block block = mprt_blocks_take(address(at));
      CHECK(mprt_block_size(block) == size_of[slot]);
      size = 0;
    }
    size_of[slot] = size;
  }
}

/* Threads that make blocks in the same fresh pages at once, `apart` bytes each.
 */
static pthread_barrier_t start;
static uint64_t first, apart;
static void *interleaved(void *argument) {
  uint64_t own = first + apart * (uintptr_t)argument;
  pthread_barrier_wait(&start);
  for (unsigned i = 0; i < 20000; i++)
    CHECK(mprt_blocks_put(address(own + 4 * apart * i), line, i % apart) == 0);
  for (unsigned i = 0; i < 20000; i++)
    CHECK(mprt_block_size(mprt_blocks_take(address(own + 4 * apart * i))) ==
          i % apart);
  return NULL;
}

static void at_once(uint64_t from, uint64_t distance) {
  pthread_t threads[4];
  first = from;
  apart = distance;
  pthread_barrier_init(&start, NULL, 4);
  for (uintptr_t i = 0; i < 4; i++)
    pthread_create(&threads[i], NULL, interleaved, (void *)i);
  for (int i = 0; i < 4; i++)
    pthread_join(threads[i], NULL);
}

/* In a forked child, and after all was forgotten, the map is empty, and as good
 * as before. The second block begins at the end of a region. */
static void empty(void) {
  for (int i = 0; i < 2; i++)
    CHECK(mprt_blocks_take(address(BIT(43))) == 0 &&
          mprt_blocks_take(address(BIT(43) - 16)) == 0 &&
          mprt_blocks_take(address(BIT(43) + 1)) == 0);
  for (uint64_t size = 1; size < 1000; size += 500) {
    comes_back(BIT(43), line, size);
    comes_back(BIT(43) - 16, line, size);
    comes_back(BIT(43) + 1, line, size);
  }
}

static void put_some(void) {
  CHECK(mprt_blocks_put(address(BIT(43)), line, 100) == 0);
  CHECK(mprt_blocks_put(address(BIT(43) - 16), line, 100) == 0);
  CHECK(mprt_blocks_put(address(BIT(43) + 1), line, 100) == 0);
}

static void begins_again(void) {
  put_some();
  mprt_blocks_forget();
  empty();
  put_some();
  pid_t child = fork();
  if (child == 0) {
    CHECK(!mprt_blocks_may_hold(address(BIT(43))));
    mprt_blocks_forked();
    empty();
    _exit(CHECK_RESULT());
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  CHECK(mprt_block_size(mprt_blocks_take(address(BIT(43) - 16))) == 100);
}

int main(int argc, char **argv) {
  (void)argv;
  CHECK(mprt_blocks_init());
  mprt_blocks_are_sparse = argc > 1;
  edges();
  neighbours(line);
  neighbours((1 << 26) - 4); /* the last one in an image of 1 GiB */
  foreign();
  pages_seen();
  releases_not_seen();
  reused();
  many_odd_ones();
  random_events();
  at_once(BIT(41), mprt_blocks_are_sparse ? 32 : 8);
  at_once(BIT(41) + BIT(32), 144);
  begins_again();
  return CHECK_RESULT();
}
