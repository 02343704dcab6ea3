/* What check.test and diff.test measure: WORSE makes `load` take more, in a
 * body that has moved. */
#include <stdlib.h>

#ifdef WORSE
enum { ROUNDS = 5, TEXT = 2000 };

static void unmarked(void) {}
#else
enum { ROUNDS = 3, TEXT = 1000 };
#endif

__attribute__((annotate("profile"))) static void load(void) {
#ifdef WORSE
  unmarked();
#endif
  char *text = malloc(TEXT);
  for (int i = 0; i < ROUNDS; i++) {
    char *word = malloc(100);
    free(word);
  }
  free(text);
}

__attribute__((annotate("profile"))) static void *keep(size_t size) {
  return malloc(size);
}

#ifdef OTHER
__attribute__((annotate("profile"))) static void other(void) {}
#endif

void *volatile kept;

int main(void) {
  load();
#ifdef OTHER
  other();
#else
  kept = keep(64);
#endif
  return 0;
}
