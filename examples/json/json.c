/* Loads customers and their orders from a JSON file, through jansson. The
 * library is Debian's own, not built with MemProf: what it allocates stands on
 * the lines that call it. */
#include <jansson.h>
#include <memprof.h>
#include <stdio.h>
#include <stdlib.h>

static char *read_file(const char *path) {
  FILE *file = fopen(path, "r");
  char *text = NULL;
  size_t size = 0;
  if (!file || getdelim(&text, &size, '\0', file) < 0)
    perror(path);
  if (file)
    fclose(file);
  return text;
}

MEMPROF_PROFILE
static json_t *load(const char *path) {
  json_error_t error;
  char *text = read_file(path);
  json_t *customers = text ? json_loads(text, 0, &error) : NULL;
  free(text);
  return customers;
}

MEMPROF_PROFILE
static json_int_t revenue(const json_t *customers) {
  json_int_t sum = 0;
  size_t i, k;
  json_t *customer, *order;
  json_array_foreach(customers, i, customer) {
    json_t *orders = json_object_get(customer, "orders");
    json_array_foreach(orders, k, order) {
      sum += json_integer_value(json_object_get(order, "cents"));
    }
  }
  return sum;
}

MEMPROF_PROFILE
static void save(const json_t *customers, const char *path) {
  char *text = json_dumps(customers, JSON_INDENT(1));
  FILE *file = fopen(path, "w");
  if (file && text)
    fputs(text, file);
  if (file)
    fclose(file);
  free(text);
}

int main(int argc, char **argv) {
  json_t *customers = argc == 3 ? load(argv[1]) : NULL;
  if (!customers) {
    fprintf(stderr, "usage: json INPUT OUTPUT, the input in JSON\n");
    return 1;
  }
  printf("%zu customers, revenue %" JSON_INTEGER_FORMAT " cents\n",
         json_array_size(customers), revenue(customers));
  save(customers, argv[2]);
  json_decref(customers);
  return 0;
}
