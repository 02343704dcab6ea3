/* sort.h - sorting without a heap; libc's qsort may call malloc. */
#ifndef MEMPROF_REPORT_SORT_H
#define MEMPROF_REPORT_SORT_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

/* As qsort, in place, at most n log n steps, elements of at most 16 bytes. Not
 * stable: let `compare` break its ties. */
void heap_sort(void *base, size_t n, size_t size,
               int (*compare)(const void *a, const void *b));

#pragma GCC visibility pop
#endif
