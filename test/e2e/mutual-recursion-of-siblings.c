// Two functions that call each other release a tree with two children a node:
// neither ever holds more than when it began, so no line has a Peak, however
// many of its calls are in progress.
//
// RUN: env LEVELS="O0 O2" %every_level %s | FileCheck %s
#include "memprof.h"
#include <stdlib.h>

struct node {
  struct node *children[2];
};

static void drop_children(struct node *node);

MEMPROF_PROFILE void drop(struct node *node) {
  drop_children(node);
  free(node);
}

MEMPROF_PROFILE static void drop_children(struct node *node) {
  for (int i = 0; i < 2; i++)
    if (node->children[i])
      drop(node->children[i]);
}

MEMPROF_PROFILE struct node *build(int depth) {
  struct node *node = calloc(1, 100);
  for (int i = 0; i < 2 && depth; i++)
    node->children[i] = build(depth - 1);
  return node;
}

int main(void) { drop(build(3)); }

// The columns: Mem usage, Increment, Occurrences, Allocs, Frees, Bytes, Freed,
// Peak, Kept. 15 nodes of 100 bytes, 14 of them below another.
//
// clang-format off
// CHECK: Function: drop (15 calls, 0 allocations, peak 0 B, kept 0 B)
// CHECK: 16 100 B 0 B 15 0 0 0 B 0 B 0 B 0 B drop_children(node);
// CHECK-NEXT: 17 0 B -1500 B 15 0 15 0 B 1500 B 0 B 0 B free(node);
// CHECK: 23 100 B -1400 B 14 0 14 0 B 1400 B 0 B 0 B drop(node->children[i]);
