/* TAP. */
#include <memprof/tap.h>

#include "words.h"

static int words_are_counted(void) { return count_words("one two three") == 3; }

static int words_have_a_longest(void) {
  return longest_word("one three two") == 5;
}

int main(void) {
  memprof_tap_plan(2);
  memprof_tap("words are counted", words_are_counted);
  memprof_tap("words have a longest", words_have_a_longest);
  return memprof_tap_status();
}
