// The calling-context tree: each function stands on a path once, at its
// innermost activation; long paths are rebuilt whole; too many contexts are
// folded into their function's root context, and are counted all the same.
//
// RUN: %unit %s -o %t && %t
#define LINES 65
#include "records.h"

/* ---- A path of many functions ---- */

enum { CHAIN = 200 };
static struct {
  struct test_function functions[CHAIN];
  uint32_t live[CHAIN];
} chain;

static void chain_make(void) {
  for (unsigned i = 0; i < CHAIN; i++) {
    struct memprof_abi_record *head = &chain.functions[i].record.head;
    memcpy(&chain.functions[i], &test.functions[A], sizeof test.functions[A]);
    snprintf(chain.functions[i].record.name, 32, "chain%u", i);
    head->live = (uint32_t)((uintptr_t)&chain.live[i] - (uintptr_t)&head->live);
  }
  __memprofpass_register(chain.functions, chain.functions + CHAIN);
}

/* `again` called from the last of the chain: the path from the inside out is
 * again, the last, ..., without the outer `again`, the root. */
static void check_path(const struct memprof_node *node, unsigned again) {
  CHECK(node->function == chain.live[again]);
  uint32_t line = 64; /* where the last of the chain called it */
  for (unsigned k = CHAIN; k-- > 0;) {
    if (k == again)
      continue;
    CHECK(node->parent_line == line);
    node = mprt_at(node->parent);
    CHECK(node->function == chain.live[k]);
    /* the one above `again` hangs where `again` did */
    unsigned caller = k == again + 1 ? again : k;
    line = caller > 0 ? 1 + (caller - 1) % 63 : 0;
  }
  CHECK(node->parent_line == line);
  node = mprt_at(node->parent);
  CHECK(node->function == 0 && node->parent == 0);
}

static NOINLINE void once_more(unsigned again) {
  struct test_frame *frame = __memprofpass_enter(&chain.live[again]);
  at_line(frame, 7);
  test_malloc(block(1), 10);
  check_path(mprt_at(((struct memprof_frame *)frame)->node), again);
  __memprofpass_exit(frame);
  test_free(block(1));
}

/* chain0 -> chain1 -> ..., chain i from line 1 + (i - 1) % 63 of the one before
 */
static NOINLINE void descend(unsigned i, unsigned again) {
  struct test_frame *frame = __memprofpass_enter(&chain.live[i]);
  at_line(frame, i + 1 < CHAIN ? 1 + i % 63 : 64);
  if (i + 1 < CHAIN)
    descend(i + 1, again);
  else
    once_more(again);
  __memprofpass_exit(frame);
}

static void long_paths(void) {
  const unsigned whom[] = {0, 1, 62, 63, 64, 65, 127, 128, 150, CHAIN - 2};
  for (unsigned i = 0; i < sizeof whom / sizeof *whom; i++)
    descend(0, whom[i]);
  uint64_t used = mprt_header()->used;
  for (unsigned i = 0; i < sizeof whom / sizeof *whom; i++)
    descend(0, whom[i]);
  CHECK(mprt_header()->used == used); /* nothing new the second time */
}

/* ---- More contexts than there may be ---- */

/* d registers once more, with one line: a small context, and the next id. */
enum { SMALL_D = 4 };

static NOINLINE void d(void) {
  struct test_frame *frame = enter(D);
  test_malloc(block(2), 1);
  test_free(block(2));
  __memprofpass_exit(frame);
}
static NOINLINE void c(void) {
  struct test_frame *frame = enter(C);
  for (uint32_t k = 0; k < LINES; k++) {
    frame->line = k;
    d();
  }
  __memprofpass_exit(frame);
}
static NOINLINE void b(void) {
  struct test_frame *frame = enter(B);
  for (uint32_t k = 0; k < LINES; k++) {
    frame->line = k;
    c();
  }
  __memprofpass_exit(frame);
}
static NOINLINE void a(void) {
  struct test_frame *frame = enter(A);
  for (uint32_t k = 0; k < LINES; k++) {
    frame->line = k;
    b();
  }
  __memprofpass_exit(frame);
}

static void too_many(void) {
  const uint64_t calls = (uint64_t)LINES * LINES * LINES;
  d(); /* its root context */
  a();
  CHECK(mprt_header()->dropped_contexts > 0);
  CHECK(total(SMALL_D, 0).nodes < 1u << 18);
  CHECK(total(SMALL_D, 0).calls == calls + 1 &&
        total(SMALL_D, 0).in_flight == 0);
  CHECK(total(SMALL_D, 0).allocs == calls + 1 &&
        total(SMALL_D, 0).frees == calls + 1);
  CHECK(total(C, 0).calls == LINES * LINES);
  CHECK(total(SMALL_D, 0).nodes > (1u << 18) - 10000);
  CHECK(mprt_header()->dropped_lines == 0);
}

int main(void) {
  test_wake("*");
  test.functions[D].record.head.line_count = 1;
  test_module_unregister(&test);
  test_module_register(&test);
  chain_make();
  long_paths();
  too_many();
  return CHECK_RESULT();
}
