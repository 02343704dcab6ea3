/* Reads numbers and builds an array of them, growing it as they come. */
#include <memprof.h>
#include <stdio.h>
#include <stdlib.h>

struct array {
  double *items;
  size_t used, size;
};

MEMPROF_PROFILE
static struct array read_numbers(FILE *file) {
  struct array array = {NULL, 0, 16};
  double number;
  array.items = malloc(array.size * sizeof *array.items);
  while (array.items && fscanf(file, "%lf", &number) == 1) {
    if (array.used == array.size) {
      array.size *= 2;
      array.items = realloc(array.items, array.size * sizeof *array.items);
      if (!array.items)
        break;
    }
    array.items[array.used++] = number;
  }
  return array;
}

int main(void) {
  struct array array = read_numbers(stdin);
  double sum = 0;
  for (size_t i = 0; i < array.used; i++)
    sum += array.items[i];
  printf("%zu numbers, sum %.0f\n", array.used, sum);
  free(array.items);
  return 0;
}
