// A twin has a subprogram, scopes, variables, labels, locations and loops of its
// own; types, files and the unit it shares with all functions.
//
// RUN: %clang -O1 -g -Xclang -disable-llvm-passes -S -emit-llvm %s -o %t.plain
// RUN: %opt -load-pass-plugin=%plugin -passes=profile-memory,verify -S \
// RUN:   %t.plain -o %t.twins
// RUN: for run in plain twins; do grep -oE \
// RUN:   '= (distinct )?!DI(Sub|Com|Lex|Loc|Lab)[A-Za-z]+\(' %t.$run | \
// RUN:   grep -v Location | LC_ALL=C sort | uniq -c; \
// RUN:   grep -oE '!llvm.loop ![0-9]+$' %t.$run | sort -u | wc -l; done | \
// RUN:   FileCheck %s
// RUN: %clang -g -O2 -c -x ir %t.twins -o %t.o
struct point {
  int x, y;
};

__attribute__((annotate("profile"))) int f(struct point *p) {
  int sum = 0;
  for (int i = 0; i < p->x; ++i) {
    int step = i * p->y;
    if (step < 0)
      goto out;
    sum += step;
  }
out:
  return sum;
}

//      CHECK: 1 = !DILabel(
// CHECK-NEXT: 4 = !DILocalVariable(
// CHECK-NEXT: 1 = !DISubroutineType(
// CHECK-NEXT: 1 = distinct !DICompileUnit(
// CHECK-NEXT: 1 = distinct !DICompositeType(
// CHECK-NEXT: 4 = distinct !DILexicalBlock(
// CHECK-NEXT: 1 = distinct !DISubprogram(
// CHECK-NEXT: 1
// CHECK-NEXT: 2 = !DILabel(
// CHECK-NEXT: 8 = !DILocalVariable(
// CHECK-NEXT: 1 = !DISubroutineType(
// CHECK-NEXT: 1 = distinct !DICompileUnit(
// CHECK-NEXT: 1 = distinct !DICompositeType(
// CHECK-NEXT: 8 = distinct !DILexicalBlock(
// CHECK-NEXT: 2 = distinct !DISubprogram(
// CHECK-NEXT: 2
