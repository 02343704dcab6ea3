// How large the blocks of a context were, by binary digits: 0, 1, 2..3, 4..7, ...
// a record that the first allocation makes. What failed has no size; a realloc
// has that of its result.
//
// RUN: %unit %s -o %t && %t
#include "records.h"

static const struct memprof_sizes *sizes_of(unsigned function) {
  const struct memprof_thread *thread = mprt_thread();
  const struct memprof_node *node = mprt_at(thread->root);
  memprof_ref at = node->child;
  for (; at; at = node->sibling) {
    node = mprt_at(at);
    if (node->function == test.live[function])
      return node->sizes ? mprt_at(node->sizes) : NULL;
  }
  return NULL;
}

static NOINLINE void quiet(void) {
  struct test_frame *frame = enter(B);
  at_line(frame, 1);
  test_malloc(NULL, 100); /* failed */
  __memprofpass_exit(frame);
}

static NOINLINE void many(void) {
  const size_t sizes[] = {
      0, 1, 2, 3, 4, 7, 8, 1000, 1023, 1024, (size_t)5 << 30, SIZE_MAX / 2};
  struct test_frame *frame = enter(A);
  for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    at_line(frame, 1 + i % 3);
    test_malloc(block(i), sizes[i]);
    test_free(block(i));
  }
  test_realloc(NULL, block(1), 16);
  test_realloc(block(1), block(2), 31);
  test_realloc(block(2), NULL, SIZE_MAX); /* failed */
  test_realloc(block(2), NULL, 0);
  __memprofpass_exit(frame);
}

int main(void) {
  test_wake("*");
  quiet();
  CHECK(sizes_of(B) == NULL);
  many();
  const struct memprof_sizes *sizes = sizes_of(A);
  CHECK(sizes != NULL);
  if (!sizes)
    return CHECK_RESULT();
  const uint64_t expected[MEMPROF_SIZE_CLASSES] = {
      [0] = 1,                       /* 0 */
      [1] = 1,                       /* 1 */
      [2] = 2,                       /* 2 and 3 */
      [3] = 2,                       /* 4 and 7 */
      [4] = 1,                       /* 8 */
      [5] = 2,                       /* 16 and 31 */
      [10] = 2,                      /* 1000 and 1023 */
      [11] = 1,                      /* 1024 */
      [33] = 1,                      /* 5 GiB: 4 GiB have 33 digits */
      [MEMPROF_SIZE_CLASSES - 1] = 1 /* all that is larger */
  };
  uint64_t sum = 0;
  for (unsigned k = 0; k < MEMPROF_SIZE_CLASSES; k++) {
    if (sizes->counts[k] != expected[k])
      fprintf(stderr, "%u digits: %llu\n", k,
              (unsigned long long)sizes->counts[k]);
    CHECK(sizes->counts[k] == expected[k]);
    sum += sizes->counts[k];
  }
  CHECK(sum == mprt_thread()->allocs && sum == 14);
  return CHECK_RESULT();
}
