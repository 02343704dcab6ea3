/* a and b call each other: a(2), b, a(1), b, a(0). Each call of a takes 100
 * bytes, each call of b 10; main takes 7. */
#include <stdlib.h>
static void *kept[8];
static int n;
static void a(int depth);

__attribute__((annotate("profile"))) static void b(int depth) {
  kept[n++] = malloc(10);
  a(depth - 1);
}

__attribute__((annotate("profile"))) static void a(int depth) {
  kept[n++] = malloc(100);
  if (depth)
    b(depth);
}

int main(void) {
  kept[n++] = malloc(7);
  a(2);
  return n != 6;
}
