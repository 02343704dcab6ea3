/* hooks.c - a loop for each thing that the runtime is asked for, so that
 * bench/hooks can count the instructions of each. `hooks CASE COUNT` makes
 * ready for the case, then runs it COUNT times in measured(), which is all that
 * is counted; `hooks` lists the cases.
 */
#include <memprof.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOINLINE __attribute__((noinline))
#define MOST 4096 /* of COUNT */
#define SIZE 100

/* operator new and delete; C++ has no part in it. */
void *_Znwm(size_t size);
void _ZdlPv(void *block);

static void *blocks[MOST];
static volatile unsigned sum;

/* Through memory that others see, or no allocation would be left of it. */
#define TAKE_AND_GIVE (blocks[0] = malloc(SIZE), free(blocks[0]))

/* ---- The allocator, under a marked function and outside ---- */

/* A loop in two functions, one of them marked. */
#define BOTH(NAME, ...)                                                        \
  MEMPROF_PROFILE NOINLINE static void under_##NAME(unsigned count) {          \
    for (unsigned i = 0; i < count; i++)                                       \
      __VA_ARGS__;                                                             \
  }                                                                            \
  NOINLINE static void outside_##NAME(unsigned count) {                        \
    for (unsigned i = 0; i < count; i++)                                       \
      __VA_ARGS__;                                                             \
  }

BOTH(malloc, blocks[i] = malloc(SIZE))
BOTH(free, free(blocks[i]))
BOTH(calloc, blocks[i] = calloc(1, SIZE))
BOTH(realloc, blocks[i] = realloc(blocks[i], SIZE + 1))
BOTH(realloc_null, blocks[i] = realloc(NULL, SIZE))
BOTH(new, blocks[i] = _Znwm(SIZE))
BOTH(delete, _ZdlPv(blocks[i]))
BOTH(pair, TAKE_AND_GIVE)

static void *all_under(void *unused) {
  under_malloc(MOST);
  return unused;
}

static void have_marked(void) { all_under(NULL); }
static void have_unmarked(void) { outside_malloc(MOST); }
static void have_new(void) { under_new(MOST); }
static void have_unmarked_new(void) { outside_new(MOST); }

/* Blocks of a thread that has ended. */
static void have_foreign(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, all_under, NULL) != 0 ||
      pthread_join(thread, NULL) != 0)
    exit(2);
}

/* ---- Calls ---- */

/* Inlined, unless a twin is called. */
MEMPROF_PROFILE static void quiet(void) { sum += 1; }
MEMPROF_PROFILE NOINLINE static void far_quiet(void) { sum += 1; }
MEMPROF_PROFILE NOINLINE static void eventful(void) { TAKE_AND_GIVE; }
MEMPROF_PROFILE NOINLINE static void nested(void) { far_quiet(); }
MEMPROF_PROFILE NOINLINE static void nested_eventful(void) { eventful(); }

static void call_inlined(unsigned count) {
  while (count--)
    quiet();
}
static void call_far(unsigned count) {
  while (count--)
    far_quiet();
}
static void call_nested(unsigned count) {
  while (count--)
    nested();
}
static void call_eventful(unsigned count) {
  while (count--)
    eventful();
}
static void call_nested_eventful(unsigned count) {
  while (count--)
    nested_eventful();
}

MEMPROF_PROFILE NOINLINE static unsigned deep(unsigned depth) {
  return depth ? deep(depth - 1) + sum : 0;
}
static void call_deep(unsigned count) { deep(count); }

/* Visits of a line: of the loop's head and body each, with a call between
 * them, so that no counter can be taken out of the loop. */
NOINLINE static void unmarked(void) { sum += 1; }
MEMPROF_PROFILE NOINLINE static void call_lines(unsigned count) {
  while (count--)
    unmarked();
}

/* ---- What is new ---- */

/* Twelve levels of two functions: each number below 4,096 is a path through
 * them, and a context of its own. */
#define LEVEL(ME, BELOW)                                                       \
  MEMPROF_PROFILE NOINLINE static void zero_##ME(unsigned path) {              \
    (path >> BELOW & 1 ? one_##BELOW : zero_##BELOW)(path);                    \
  }                                                                            \
  MEMPROF_PROFILE NOINLINE static void one_##ME(unsigned path) {               \
    (path >> BELOW & 1 ? one_##BELOW : zero_##BELOW)(path);                    \
  }
static unsigned allocates;
#define LEAF(NAME)                                                             \
  MEMPROF_PROFILE NOINLINE static void NAME(unsigned path) {                   \
    sum += path;                                                               \
    if (allocates)                                                             \
      TAKE_AND_GIVE;                                                           \
  }
LEAF(zero_0)
LEAF(one_0)
LEVEL(1, 0)
LEVEL(2, 1)
LEVEL(3, 2)
LEVEL(4, 3)
LEVEL(5, 4)
LEVEL(6, 5)
LEVEL(7, 6)
LEVEL(8, 7)
LEVEL(9, 8)
LEVEL(10, 9)
LEVEL(11, 10)

/* As many walks whatever the count, which says how many are different: the
 * difference of two counts is that of what was new. */
static void walk(unsigned count) {
  for (unsigned i = 0; i < MOST; i++) {
    unsigned path = i < count ? i : 0;
    (path >> 11 & 1 ? one_11 : zero_11)(path);
  }
}
/* All contexts are there, and only events are new. */
static void have_contexts(void) {
  allocates = 0;
  walk(MOST);
  allocates = 1;
}

/* ---- The table ---- */

static void nothing(void) {}

#define CASES(X)                                                               \
  X(under_malloc, nothing)                                                     \
  X(under_free, have_marked)                                                   \
  X(under_pair, nothing)                                                       \
  X(under_calloc, nothing)                                                     \
  X(under_realloc, have_marked)                                                \
  X(under_realloc_null, nothing)                                               \
  X(under_new, nothing)                                                        \
  X(under_delete, have_new)                                                    \
  X(outside_malloc, nothing)                                                   \
  X(outside_free, have_unmarked)                                               \
  X(outside_pair, nothing)                                                     \
  X(outside_calloc, nothing)                                                   \
  X(outside_realloc, have_unmarked)                                            \
  X(outside_realloc_null, nothing)                                             \
  X(outside_new, nothing)                                                      \
  X(outside_delete, have_unmarked_new)                                         \
  X(outside_free_of_marked, have_marked)                                       \
  X(outside_realloc_of_marked, have_marked)                                    \
  X(under_free_of_thread, have_foreign)                                        \
  X(outside_free_of_thread, have_foreign)                                      \
  X(call_inlined, nothing)                                                     \
  X(call_far, nothing)                                                         \
  X(call_nested, nothing)                                                      \
  X(call_eventful, nothing)                                                    \
  X(call_nested_eventful, nothing)                                             \
  X(call_deep, nothing)                                                        \
  X(call_lines, nothing)                                                       \
  X(new_context, nothing)                                                      \
  X(new_event, have_contexts)

#define outside_free_of_marked outside_free
#define outside_realloc_of_marked outside_realloc
#define under_free_of_thread under_free
#define outside_free_of_thread outside_free
#define new_context walk
#define new_event walk

#define ROW(NAME, READY) {#NAME, READY, NAME},
static const struct {
  const char *name;
  void (*ready)(void);
  void (*run)(unsigned count);
} cases[] = {CASES(ROW)};

NOINLINE static void measured(void (*run)(unsigned), unsigned count) {
  run(count);
  /* no tail call: measured() is to return last */
  __asm__ volatile("");
}

int main(int argc, char **argv) {
  unsigned count = argc == 3 ? (unsigned)atoi(argv[2]) : 0;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    if (argc == 1) {
      puts(cases[i].name);
    } else if (strcmp(cases[i].name, argv[1]) == 0 && count <= MOST) {
      cases[i].ready();
      cases[i].run(1); /* what happens once */
      cases[i].ready();
      measured(cases[i].run, count);
      return 0;
    }
  }
  return argc != 1;
}
