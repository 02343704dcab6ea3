// A mark on a variable or a field does nothing, and says so.
//
// RUN: %mclang -g -c %s -o %t.o 2>&1 | FileCheck %s
// clang-format off

// CHECK: marks-in-bodies.c:[[#@LINE+2]]:{{.*}}warning: {{.*}}the mark is on a variable or field in 'f', not on a function: ignored
int f(void) {
  __attribute__((annotate("profile"))) int local = 1;
  return local;
}

struct s { __attribute__((annotate("profile"))) int field; };
// CHECK: marks-in-bodies.c:[[#@LINE-1]]:{{.*}}warning: {{.*}}the mark is on a variable or field in 'g', not on a function: ignored
int g(struct s *s) { return s->field; }
// Other annotations are none of our business.
// CHECK-NOT: 'h'
struct t { __attribute__((annotate("other"))) int field; };
int h(struct t *t) { return t->field; }
