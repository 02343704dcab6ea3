// asm goto leaves its block by edges that cannot hold code; the line it leads
// to is counted all the same, as often as execution arrives there.
//
// RUN: %every_level %s | FileCheck %s
__attribute__((annotate("profile"))) int f(int n) {
  __asm__ goto("cmp $3, %0\n je %l1" : : "r"(n) : "cc" : three);
  n++;
three:
  n += 100;
  return n;
}

int main(void) {
  int sum = 0;
  for (int i = 0; i < 10; i++)
    sum += f(i);
  return sum != 45 + 9 + 1000;
}

// clang-format off
//      CHECK: Function: f (10 calls,
//      CHECK: 6 0 B 0 B 10 0 {{.*}} __asm__ goto
// CHECK-NEXT: 7 0 B 0 B 9 0 {{.*}} n++;
//      CHECK: 9 0 B 0 B 10 0 {{.*}} n += 100;
