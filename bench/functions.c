/* functions.c - `functions COUNT CALLS` calls the first COUNT of 10,000
 * functions in turn, each of which replaces one of 1,024 live blocks: what an
 * event costs when many functions are marked. bench/scaling.py writes those
 * functions.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { LIVE = 1024, FUNCTIONS = 10000 };
typedef void *replace(void *block, size_t size);
extern replace *const functions[FUNCTIONS];

int main(int argc, char **argv) {
  static void *blocks[LIVE];
  size_t count = argc > 2 ? strtoull(argv[1], NULL, 10) : 0;
  size_t calls = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
  uint64_t s = 88172645463325252u, sum = 0;
  if (!count || count > FUNCTIONS) {
    fprintf(stderr, "usage: functions 1..%d CALLS\n", FUNCTIONS);
    return 2;
  }
  for (size_t i = 0; i < calls; i++) {
    s ^= s << 13, s ^= s >> 7, s ^= s << 17;
    size_t k = s % LIVE, size = 16 + (s >> 32) % 497;
    blocks[k] = functions[i % count](blocks[k], size);
    sum += size;
  }
  for (size_t k = 0; k < LIVE; k++)
    free(blocks[k]);
  printf("functions %llu\n", (unsigned long long)sum);
  return 0;
}
