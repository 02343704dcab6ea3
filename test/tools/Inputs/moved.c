/* What diff.test moves around. */
#include <stdlib.h>

void *volatile p[5];

__attribute__((annotate("profile"))) static void parse(int parameter) {
  p[0] = malloc(10);
  p[1] = malloc(20);
  p[2] = malloc(30);
  p[3] = malloc(40);
}

int main(void) {
  parse(1);
  return 0;
}
