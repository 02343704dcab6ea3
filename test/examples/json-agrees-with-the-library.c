// What stands on the line that calls jansson is what jansson asked for: its own
// allocation hooks count the same blocks and bytes, to the byte.
//
// RUN: sh %src/examples/json/make-data 2000 > %t.json
// RUN: %mclang -g -O2 -I %src/examples/json %s -o %t -ljansson
// RUN: env PROFILE_MEMORY=1 \
// RUN:   PROFILE_MEMORY_OPTIONS=unit=B:columns=all:functions=counted_load \
// RUN:   %t %t.json 2>&1 | FileCheck %s
#define main example_main
#include "json.c"
#undef main
#include <malloc.h>

static size_t allocs, bytes, frees, freed;
struct head {
  size_t size;
  size_t unused; /* keeps the block aligned to 16 */
};

/* A head of 16 bytes before each block is counted by both sides. */
static void *counted_malloc(size_t size) {
  struct head *head = malloc(size + sizeof *head);
  head->size = size + sizeof *head;
  allocs++;
  bytes += head->size;
  return head + 1;
}

static void counted_free(void *block) {
  if (!block)
    return;
  struct head *head = (struct head *)block - 1;
  frees++;
  freed += head->size;
  free(head);
}

MEMPROF_PROFILE static json_t *counted_load(const char *text) {
  json_error_t error;
  json_t *customers = json_loads(text, 0, &error);
  return customers;
}

int main(int argc, char **argv) {
  json_set_alloc_funcs(counted_malloc, counted_free);
  char *text = read_file(argv[argc - 1]);
  json_t *customers = counted_load(text);
  printf("jansson: allocs %zu frees %zu bytes %zu freed %zu net %zu\n", allocs,
         frees, bytes, freed, bytes - freed);
  json_decref(customers);
  free(text);
  return example_main(0, argv) != 1;
}

// clang-format off
// CHECK: jansson: allocs [[#ALLOCS:]] frees [[#FREES:]] bytes [[#BYTES:]] freed [[#FREED:]] net [[#NET:]]
// CHECK: Function: counted_load (1 call, [[#ALLOCS]] allocations,
// CHECK: [[#NET]] B [[#NET]] B 1 [[#ALLOCS]] [[#FREES]] [[#BYTES]] B [[#FREED]] B {{[0-9]+}} B 0 B json_t *customers = json_loads
