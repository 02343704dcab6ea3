/* Nothing but assertions. */
#include <memprof/tap.h>

#include "words.h"

int main(void) {
  memprof_assert("words have a longest", longest_word("one three two") == 5);
  puts("words have a longest");
  memprof_assert("words are counted", count_words("one two three") == 3);
  puts("words are counted");
  return 0;
}
