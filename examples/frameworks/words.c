/* words.c - two marked functions with limits that they meet exactly. */
#include "words.h"
#include <memprof.h>
#include <stdlib.h>
#include <string.h>

static int demo_is(const char *what) {
  const char *demo = getenv("DEMO");
  return demo && strcmp(demo, what) == 0;
}

MEMPROF_LIMIT("allocs=2", "peak=64B", "kept=0")
size_t count_words(const char *text) {
  char *copy = malloc(demo_is("peak") ? 41 : 40);
  size_t *count = calloc(1, 24);
  if (!copy || !count)
    abort();
  strncpy(copy, text, 39);
  copy[39] = 0;
  for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
    ++*count;
  size_t result = *count;
  if (demo_is("alloc"))
    free(malloc(0));
  if (!demo_is("leak"))
    free(count);
  free(copy);
  return result;
}

MEMPROF_LIMIT("allocs=1", "peak=40B", "kept=0")
size_t longest_word(const char *text) {
  size_t longest = 0;
  char *copy = calloc(1, 40);
  if (!copy)
    abort();
  strncpy(copy, text, 39);
  for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
    if (strlen(word) > longest)
      longest = strlen(word);
  free(copy);
  return longest;
}
