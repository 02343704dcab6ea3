// Occurrences of a `for` line, a loop body, an if/else, a `?:`, a switch, a
// macro call and a statement over several lines are what a debugger's step
// count over the plain -O0 program says, at every level.
//
// RUN: %clang -g -O0 -I %inc %s -o %t.plain
// RUN: sed -n 's/^MEMPROF_PROFILE.* \([a-z_]*\)(int n).*/\1/p' %s > %t.names
// RUN: grep -c . %t.names
// RUN: env STEP_FUNCTIONS="$(tr '\n' ' ' < %t.names)" STEP_OUTPUT=%t.steps \
// RUN:   gdb -nx -batch -x %S/Inputs/count-steps.py %t.plain > %t.gdb 2>&1
// RUN: env OPTIONS=columns=occurrences %every_level %s > %t.report
//
// The definition line counts calls; a debugger's breakpoint passes over it.
// RUN: awk '$1 ~ /^[0-9]+$/ && $2 ~ /^[0-9]+$/ && !/MEMPROF_PROFILE/ \
// RUN:   { print $1, $2 }' %t.report > %t.counts
// RUN: diff -u %t.steps %t.counts
// clang-format off
#include "memprof.h"
#include <stdlib.h>

static volatile int sink;
static int id(int n) { return n; }
#define TWICE(n) (sink += id(n), sink += id(n))
#define CHECK(c) do { if (!(c)) sink = -1; } while (0)

MEMPROF_PROFILE int for_line(int n) {
  for (int i = 0; i < n; i++)
    sink += i;
  for (int i = 0; i < n; i++) {
    int square = i * i;
    sink += square;
  }
  return n;
}

MEMPROF_PROFILE int while_loops(int n) {
  int i = 0;
  while (i < n)
    i++;
  while (i > 0) {
    int *p = malloc(4);
    i--;
    free(p);
  }
  do {
    i += 2;
  } while (i < n);
  do i--; while (i > 0);
  return i;
}

MEMPROF_PROFILE int endless_loops(int n) {
  int i = 0;
  while (1) {
    sink = i;
    if (i++ >= n)
      break;
    if (i & 1)
      continue;
    sink = n;
  }
  do {
    while (1) {
      int k = i--;
      if (k < 2)
        break;
      sink = k;
    }
    i--;
  } while (i > 0);
  if (n)
    while (1) {
      if (i++ == n)
        return i;
    }
  return n;
}

MEMPROF_PROFILE int if_else(int n) {
  if (n > 3)
    sink = 1;
  else
    sink = 2;
  if (n > 3) {
    sink = 3;
  } else {
    sink = 4;
  }
  if (n == 100) {
    sink = 5;
  }
  if (n > 1 &&
      n < 10 ||
      n == 77)
    sink = 6;
  return 0;
}

MEMPROF_PROFILE int conditional(int n) {
  int a = n > 3 ? id(1) : id(2);
  int b = n > 3
              ? id(3)
              : id(4);
  return a + b;
}

MEMPROF_PROFILE int switches(int n) {
  for (int i = 0; i < n; i++) {
    switch (i) {
    case 0:
      sink = 1;
      break;
    case 1:
      sink = 2;
    case 2:
      sink = 3;
      break;
    default:
      sink = 4;
      break;
    }
  }
  return n;
}

MEMPROF_PROFILE int macros(int n) {
  TWICE(n);
  CHECK(n > 0);
  CHECK(
    n > 1);
  return TWICE(n);
}

MEMPROF_PROFILE int statements_over_lines(int n) {
  int a = id(n) +
          id(n + 1) +
          id(n + 2);
  sink = id(
      id(n));
  return a;
}

MEMPROF_PROFILE int early_returns(int n) {
  for (int i = 0; i < n; i++) {
    int local = id(i);
    if (local == 3)
      return 3;
    if (local == 1)
      continue;
    if (local == 4) {
      sink = 9;
      break;
    }
    sink = local;
  }
  if (n == 2) {
    sink = 3;
    return 2;
  }
  return 1;
}

MEMPROF_PROFILE int gotos(int n) {
  int i = 0;
again:
  i++;
  if (i < n)
    goto again;
  if (n > 3) {
    sink = i;
    goto out;
  }
  sink = n;
out:
  return i;
}

MEMPROF_PROFILE int nested_loops(int n) {
  int total = 0;
  for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) total += i * j;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      int product = i * j;
      total += product;
    }
  return total;
}

MEMPROF_PROFILE void nothing(int n) {
}

MEMPROF_PROFILE void no_return(int n) {
  if (n > 3)
    return;
  sink = n;
}

int main(void) {
  for (int n = 2; n < 7; n++) {
    for_line(n);
    while_loops(n);
    endless_loops(n);
    if_else(n);
    conditional(n);
    switches(n);
    macros(n);
    statements_over_lines(n);
    early_returns(n);
    gotos(n);
    nested_loops(n);
    nothing(n);
    no_return(n);
  }
  return 0;
}
