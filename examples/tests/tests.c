/* A test program: one test is hungry for memory, and marked; the other is not
 * marked, and so not profiled. */
#include <assert.h>
#include <memprof.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

MEMPROF_PROFILE
static void test_three_big_blocks(void) {
  char *blocks[3];
  for (int i = 0; i < 3; i++) {
    blocks[i] = malloc(8000000);
    assert(blocks[i]);
    memset(blocks[i], i, 8000000);
  }
  assert(blocks[2][7999999] == 2);
  for (int i = 0; i < 3; i++)
    free(blocks[i]);
}

static void test_small(void) {
  char *text = strdup("small");
  assert(text && strlen(text) == 5);
  free(text);
}

int main(void) {
  test_three_big_blocks();
  puts("ok 1 - three big blocks");
  test_small();
  puts("ok 2 - small");
  return 0;
}
