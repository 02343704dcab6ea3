/* words.h - the distinct words of a text, in the order in which they come. */
#ifndef WORDS_H
#define WORDS_H

#include <stddef.h>

struct words {
  char **word;  /* each allocated, as is the array */
  size_t count; /* words in it */
  size_t size;  /* words that it has room for */
};

/** Adds the words of `text` that are not there yet. Returns 0 when out of
 * memory. */
int words_add(struct words *words, const char *text);

/** Releases all of them. */
void words_release(struct words *words);

#endif
