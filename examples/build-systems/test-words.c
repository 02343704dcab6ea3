/* test-words.c - the library's test: five words, three of them distinct. */
#include "words.h"
#include <stdio.h>
#include <string.h>

int main(void) {
  struct words words = {NULL, 0, 0};
  int fine = words_add(&words, "one two three two one") && words.count == 3 &&
             strcmp(words.word[2], "three") == 0;
  words_release(&words);
  puts(fine ? "ok 1 - distinct words" : "not ok 1 - distinct words");
  return !fine;
}
