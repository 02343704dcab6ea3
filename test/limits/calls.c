// Which calls are checked: each, also the quiet ones, the inner ones, those that
// a longjmp left, and those that the end of the program leaves open. They are
// numbered as they end.
//
// RUN: sh %S/Inputs/limits.sh %t %mclang %s 2>&1 | FileCheck %s
#include "memprof.h"
#include <setjmp.h>
#include <stdlib.h>

static void *volatile block;
static jmp_buf target;

// A quiet call breaks a floor; the first call of a function is not one.
// CHECK: broken quiet allocs 0 / 1..1, 1 too little: in call 2; 3 of 5 calls
MEMPROF_LIMIT("allocs=1..1") void quiet(int size) {
  if (size)
    free(block = malloc((size_t)size));
}

// Calls 1, 2, 3 are depths 0, 1, 2: what is below counts in each.
// CHECK: broken recurse bytes 60 B / 30 B, 30 B too much: in call 3; 1 of 3 calls
MEMPROF_LIMIT("bytes=30") void recurse(size_t depth) {
  free(block = malloc(10 * (depth + 1)));
  if (depth)
    recurse(depth - 1);
}

// CHECK: broken abandoned peak 70 B / 69 B, 1 B too much: in call 1; 1 of 1 call
MEMPROF_LIMIT("peak=69") void abandoned(void) {
  block = malloc(70);
  longjmp(target, 1);
}

// A marked callee's allocation counts for its caller, too.
// CHECK: broken outer allocs 2 / 1, 1 too much: in call 1; 1 of 1 call
MEMPROF_LIMIT("allocs=1") void outer(void) {
  free(block);
  block = malloc(1);
  quiet(5);
}

// Not finished: as if it ended now.
// CHECK: broken ends allocs 2 / 3.., 1 too little: in call 1; 1 of 1 call
// CHECK: broken ends kept 30 B / 29 B, 1 B too much: in call 1; 1 of 1 call
MEMPROF_LIMIT("kept=29", "allocs=3..") void ends(void) {
  block = malloc(10);
  block = malloc(20);
  exit(0);
}

int main(void) {
  quiet(3);
  quiet(0);
  quiet(0);
  quiet(0);
  recurse(2);
  if (!setjmp(target))
    abandoned();
  outer();
  ends();
}

// CHECK: status 97
