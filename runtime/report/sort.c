/* sort.c - heap sort: in place and never quadratic. */
#include "sort.h"
#include <string.h>

static void swap(char *a, char *b, size_t size) {
  char kept[16];
  memcpy(kept, a, size);
  memcpy(a, b, size);
  memcpy(b, kept, size);
}

/* Lets the element at `root` sink below those that are larger. */
static void sift(char *base, size_t root, size_t n, size_t size,
                 int (*compare)(const void *a, const void *b)) {
  for (size_t child; (child = 2 * root + 1) < n; root = child) {
    if (child + 1 < n &&
        compare(base + child * size, base + (child + 1) * size) < 0)
      child++;
    if (compare(base + root * size, base + child * size) >= 0)
      return;
    swap(base + root * size, base + child * size, size);
  }
}

void heap_sort(void *base, size_t n, size_t size,
               int (*compare)(const void *a, const void *b)) {
  for (size_t i = n / 2; i-- > 0;)
    sift(base, i, n, size, compare);
  for (size_t i = n; i-- > 1;) {
    swap(base, (char *)base + i * size, size);
    sift(base, 0, i, size, compare);
  }
}
