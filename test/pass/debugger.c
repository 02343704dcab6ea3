// A debugger shows the twin under the function's own name, with its arguments,
// variables and lines, and the dispatch as the frame that called it.
//
// RUN: %mclang -g -O0 %s -o %t
// RUN: env PROFILE_MEMORY=1 gdb -nx -batch -ex 'break here' -ex run -ex bt \
// RUN:   -ex up -ex 'info locals' %t 2>&1 | FileCheck %s
__attribute__((noinline)) void here(void) {}

__attribute__((annotate("profile"))) int f(int n) {
  int twice = n * 2;
  here();
  return twice;
}

int main(void) { return f(21) != 42; }

// clang-format off
// CHECK: #1 {{.*}} in f (n=21) at {{.*}}debugger.c:11
// CHECK: #2 {{.*}} in f (n=21) at {{.*}}debugger.c:9
// CHECK: #3 {{.*}} in main () at {{.*}}debugger.c:15
// CHECK: twice = 42
