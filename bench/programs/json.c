/* json.c - reads a JSON text, prints it again twice, compactly and indented,
 * and says how long and which the results are. */
#include "cJSON.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_file(const char *name) {
  FILE *file = fopen(name, "rb");
  char *text = NULL;
  long size;
  if (file && fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0 &&
      fseek(file, 0, SEEK_SET) == 0 && (text = malloc((size_t)size + 1))) {
    if (fread(text, 1, (size_t)size, file) == (size_t)size)
      text[size] = '\0';
    else
      free(text), text = NULL;
  }
  if (file)
    fclose(file);
  return text;
}

/* FNV-1a. */
static uint64_t hash(const char *text) {
  uint64_t value = UINT64_C(14695981039346656037);
  for (; *text; text++)
    value = (value ^ (unsigned char)*text) * UINT64_C(1099511628211);
  return value;
}

static int show(const char *what, char *text) {
  if (!text)
    return 1;
  printf("%s: %zu bytes, %016llx\n", what, strlen(text),
         (unsigned long long)hash(text));
  free(text);
  return 0;
}

int main(int argc, char **argv) {
  char *text = argc == 2 ? read_file(argv[1]) : NULL;
  if (!text) {
    fprintf(stderr, "usage: json FILE\n");
    return 2;
  }
  cJSON *document = cJSON_Parse(text);
  free(text);
  int failed = !document || show("compact", cJSON_PrintUnformatted(document)) ||
               show("indented", cJSON_Print(document));
  cJSON_Delete(document);
  return failed;
}
