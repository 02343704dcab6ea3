/* micro.c - the small workloads of bench/: what a call, a loop and an
 * allocation cost. `micro NAME NUMBER...` prints a checksum of what it did,
 * which is the same under every tool. bench/workloads.py has the names, and
 * which function of each is marked: nothing here is, so every build is made of
 * the same source.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOINLINE __attribute__((noinline))

/* Blocks that two threads hand each other, per turn. */
#define BATCH 8192

/* xorshift64; a macro, so that it is no function to be marked. */
#define NEXT(S) ((S) ^= (S) << 13, (S) ^= (S) >> 7, (S) ^= (S) << 17)
#define SEED 88172645463325252u

static void fail(const char *what) {
  fprintf(stderr, "micro: %s\n", what);
  exit(2);
}

/* ---- Allocations ---- */

/* What a thread replaces blocks of: `live` blocks of 16..largest bytes, each
 * with its size in front. */
struct ring {
  size_t **blocks;
  size_t live;
  size_t largest;
  size_t pairs; /* releases, each with an allocation */
  uint64_t sum; /* of the sizes released */
};

/* Replaces a block picked at random, `pairs` times. */
NOINLINE static void churn(struct ring *ring) {
  size_t **blocks = ring->blocks;
  size_t live = ring->live, span = ring->largest - 15;
  uint64_t s = SEED, sum = 0;
  for (size_t i = 0; i < ring->pairs; i++) {
    NEXT(s);
    size_t k = s % live, size = 16 + (s >> 32) % span;
    sum += *blocks[k];
    free(blocks[k]);
    blocks[k] = malloc(size);
    *blocks[k] = size;
  }
  ring->sum += sum;
}

NOINLINE static void fill(struct ring *ring) {
  uint64_t s = SEED;
  ring->blocks = malloc(ring->live * sizeof *ring->blocks);
  for (size_t k = 0; k < ring->live; k++) {
    size_t size = 16 + (NEXT(s) >> 32) % (ring->largest - 15);
    ring->blocks[k] = malloc(size);
    *ring->blocks[k] = size;
  }
}

NOINLINE static void empty(struct ring *ring) {
  for (size_t k = 0; k < ring->live; k++) {
    ring->sum += *ring->blocks[k];
    free(ring->blocks[k]);
  }
  free(ring->blocks);
}

static void *ring_thread(void *argument) {
  fill(argument);
  churn(argument);
  empty(argument);
  return NULL;
}

/* ring THREADS LIVE LARGEST PAIRS */
static uint64_t ring(const size_t *number) {
  enum { MAX = 16 };
  struct ring rings[MAX];
  pthread_t threads[MAX];
  size_t count = number[0];
  if (!count || count > MAX || !number[1] || number[2] < 16)
    fail("ring THREADS LIVE LARGEST PAIRS");
  for (size_t t = 0; t < count; t++)
    rings[t] = (struct ring){NULL, number[1], number[2], number[3], 0};
  for (size_t t = 1; t < count; t++)
    if (pthread_create(&threads[t], NULL, ring_thread, &rings[t]))
      fail("cannot start a thread");
  ring_thread(&rings[0]);
  uint64_t sum = rings[0].sum;
  for (size_t t = 1; t < count; t++) {
    pthread_join(threads[t], NULL);
    sum += rings[t].sum;
  }
  return sum;
}

/* Two threads, each of which releases what the other allocated. */
struct side {
  size_t *blocks[BATCH];
  struct side *other;
  pthread_barrier_t *barrier;
  size_t turns;
  uint64_t sum;
};

NOINLINE static void allocate_batch(struct side *side, uint64_t *s) {
  for (size_t k = 0; k < BATCH; k++) {
    size_t size = 16 + (NEXT(*s) >> 32) % 497;
    side->blocks[k] = malloc(size);
    *side->blocks[k] = size;
  }
}

NOINLINE static void release_batch(struct side *side) {
  uint64_t sum = 0;
  for (size_t k = 0; k < BATCH; k++) {
    sum += *side->other->blocks[k];
    free(side->other->blocks[k]);
  }
  side->sum += sum;
}

static void *side_thread(void *argument) {
  struct side *side = argument;
  uint64_t s = SEED;
  for (size_t turn = 0; turn < side->turns; turn++) {
    allocate_batch(side, &s);
    pthread_barrier_wait(side->barrier);
    release_batch(side);
    pthread_barrier_wait(side->barrier);
  }
  return NULL;
}

/* crossed TURNS */
static uint64_t crossed(const size_t *number) {
  static struct side sides[2];
  pthread_barrier_t barrier;
  pthread_t thread;
  pthread_barrier_init(&barrier, NULL, 2);
  for (int i = 0; i < 2; i++) {
    sides[i].other = &sides[!i];
    sides[i].barrier = &barrier;
    sides[i].turns = number[0];
  }
  if (pthread_create(&thread, NULL, side_thread, &sides[1]))
    fail("cannot start a thread");
  side_thread(&sides[0]);
  pthread_join(thread, NULL);
  return sides[0].sum + sides[1].sum;
}

/* ---- Calls ---- */

static uint64_t step(uint64_t x, uint64_t i) { return (x ^ i) * 3 + (x >> 7); }

NOINLINE static uint64_t far_step(uint64_t x, uint64_t i) {
  return (x ^ i) * 3 + (x >> 7);
}

/* calls COUNT, far-calls COUNT: of a function that can be inlined, of one that
 * cannot. */
static uint64_t calls(const size_t *number) {
  uint64_t x = 1;
  for (size_t i = 0; i < number[0]; i++)
    x = step(x, i);
  return x;
}

static uint64_t far_calls(const size_t *number) {
  uint64_t x = 1;
  for (size_t i = 0; i < number[0]; i++)
    x = far_step(x, i);
  return x;
}

/* ---- A loop ---- */

enum { SIDE = 256 };
typedef double matrix[SIDE][SIDE];

NOINLINE static void multiply(matrix c, matrix a, matrix b) {
  for (int i = 0; i < SIDE; i++) {
    for (int k = 0; k < SIDE; k++) {
      double factor = a[i][k];
      for (int j = 0; j < SIDE; j++) {
        c[i][j] += factor * b[k][j];
      }
    }
  }
}

/* product TIMES */
static uint64_t product(const size_t *number) {
  static matrix a, b, c;
  for (int i = 0; i < SIDE; i++)
    for (int j = 0; j < SIDE; j++) {
      a[i][j] = i % 7;
      b[i][j] = j % 5;
    }
  for (size_t n = 0; n < number[0]; n++)
    multiply(c, a, b);
  double sum = 0;
  for (int i = 0; i < SIDE; i++)
    sum += c[i][SIDE - 1 - i];
  return (uint64_t)sum;
}

/* ---- Which one ---- */

/* Marked where the allocations to be measured are outside of marked functions:
 * so that something is awake. */
NOINLINE static void elsewhere(void) {
  char *volatile block = malloc(100);
  free(block);
}

enum { NUMBERS = 4 };
static const struct workload {
  const char *name;
  int numbers;
  uint64_t (*run)(const size_t *number);
} workloads[] = {
    {"ring", 4, ring},           {"crossed", 1, crossed}, {"calls", 1, calls},
    {"far-calls", 1, far_calls}, {"product", 1, product},
};

int main(int argc, char **argv) {
  size_t number[NUMBERS] = {0};
  for (size_t w = 0; w < sizeof workloads / sizeof *workloads; w++) {
    const struct workload *chosen = &workloads[w];
    if (argc != chosen->numbers + 2 || strcmp(argv[1], chosen->name) != 0)
      continue;
    for (int i = 0; i < chosen->numbers; i++)
      number[i] = strtoull(argv[i + 2], NULL, 10);
    elsewhere();
    printf("%s %llu\n", chosen->name, (unsigned long long)chosen->run(number));
    return 0;
  }
  fail("no such workload, or not its numbers");
}
