/* words.c - the distinct words of a text; the library that all build. */
#include "words.h"
#include <memprof.h>
#include <stdlib.h>
#include <string.h>

static int has(const struct words *words, const char *word, size_t length) {
  for (size_t i = 0; i < words->count; i++)
    if (strlen(words->word[i]) == length &&
        memcmp(words->word[i], word, length) == 0)
      return 1;
  return 0;
}

MEMPROF_PROFILE
static int has_room(struct words *words) {
  if (words->count < words->size)
    return 1;
  size_t size = words->size ? 2 * words->size : 4;
  char **word = realloc(words->word, size * sizeof *word);
  if (!word)
    return 0;
  words->word = word;
  words->size = size;
  return 1;
}

MEMPROF_PROFILE
int words_add(struct words *words, const char *text) {
  for (;;) {
    text += strspn(text, " \n");
    size_t length = strcspn(text, " \n");
    if (length == 0)
      return 1;
    if (!has(words, text, length)) {
      if (!has_room(words) ||
          !(words->word[words->count] = strndup(text, length)))
        return 0;
      words->count++;
    }
    text += length;
  }
}

void words_release(struct words *words) {
  for (size_t i = 0; i < words->count; i++)
    free(words->word[i]);
  free(words->word);
}
