// Where all ways meet in one jump, only the way taken tells whether execution
// arrives at a line from another: the line before is looked at.
//
// RUN: %every_level %s | FileCheck %s
// clang-format off
__attribute__((annotate("profile"))) int run(const char *code) {
  static const void *const table[] = {&&stop, &&one, &&two};
  int n = 0;
  goto *table[(int)*code++];
  one: n += 1; goto *table[(int)*code++];
  two: n += 2; goto *table[(int)*code++];
  stop: return n;
}

int main(void) { return run("\1\1\2\2\2\1") != 9; }

//      CHECK: 9 0 B 0 B 1 0
// CHECK-NEXT: 10 0 B 0 B 2 0
// CHECK-NEXT: 11 0 B 0 B 1 0
// CHECK-NEXT: 12 0 B 0 B 1 0
