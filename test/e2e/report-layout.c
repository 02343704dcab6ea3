// The report is memory_profiler's table, byte for byte as below (after `// |`):
// what was never executed is blank, what was never called is named at the end.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cp %s %t.dir/sum.c && cd %t.dir
// RUN: %mclang -g -O1 sum.c -o sum
// RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B ./sum 2>report
// RUN: sed -n 's,^// |,,p' %s >expected
// RUN: diff -u expected report
#include "memprof.h"
#include <stdlib.h>
#include <string.h>

// clang-format off
MEMPROF_PROFILE
static char *copy(const char *text) {
	char *made = malloc(strlen(text) + 1);

	if (!made)
		abort();
	return strcpy(made, text);
}
// clang-format on

MEMPROF_PROFILE static void unused(void) { free(copy("never")); }

MEMPROF_PROFILE
int sum(int count) {
  int total = 0;
  int *squares = calloc(count, sizeof *squares);
  for (int i = 0; i < count; i++)
    squares[i] = i * i;
  for (int i = 0; i < count; i++)
    total += squares[i];
  free(squares);
  return total; // on the last line but one
}

int main(int argc, char **argv) {
  char *name = copy("sum of squares");
  int total = sum(10) + sum(1000);
  if (argc > 1)
    unused();
  return total != 332833785 || !name;
}

// clang-format off
// |memprof: process peak 4015 B (live blocks of marked functions)
// |
// |Filename: sum.c
// |Function: copy (1 call, 1 allocation, peak 15 B, kept 15 B)
// |
// |Line #    Mem usage    Increment  Occurrences   Line Contents
// |=============================================================
// |    15          0 B          0 B           1   static char *copy(const char *text) {
// |    16         15 B         15 B           1   	char *made = malloc(strlen(text) + 1);
// |    17
// |    18         15 B          0 B           1   	if (!made)
// |    19                                         		abort();
// |    20         15 B          0 B           1   	return strcpy(made, text);
// |    21                                         }
// |
// |
// |Filename: sum.c
// |Function: sum (2 calls, 2 allocations, peak 4000 B, kept 0 B)
// |
// |Line #    Mem usage    Increment  Occurrences   Line Contents
// |=============================================================
// |    27         15 B          0 B           2   int sum(int count) {
// |    28         15 B          0 B           2     int total = 0;
// |    29       4015 B       4040 B           2     int *squares = calloc(count, sizeof *squares);
// |    30       4015 B          0 B        1012     for (int i = 0; i < count; i++)
// |    31       4015 B          0 B        1010       squares[i] = i * i;
// |    32       4015 B          0 B        1012     for (int i = 0; i < count; i++)
// |    33       4015 B          0 B        1010       total += squares[i];
// |    34         15 B      -4040 B           2     free(squares);
// |    35         15 B          0 B           2     return total; // on the last line but one
// |    36                                         }
// |
// |
// |not executed:
// |    unused (sum.c:24)
// |
