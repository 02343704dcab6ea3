// What cannot be cloned is left out, with a warning at its place and a record
// that says why; computed goto is instrumented in place.
//
// RUN: %mclang -g -O1 -c %s -o %t.o 2> %t.err
// RUN: FileCheck --check-prefix=WARNING %s < %t.err
// RUN: %memprof functions %t.o | FileCheck --check-prefix=LIST %s
// RUN: %clang -g -O0 -Xclang -disable-O0-optnone -S -emit-llvm %s -o - \
// RUN:   | %opt -load-pass-plugin=%plugin -passes=profile-memory,verify -S \
// RUN:   2> %t.none | FileCheck %s
// clang-format off

// WARNING: left-out.c:[[#@LINE+1]]:{{.*}} warning: {{.*}}'bare' cannot be profiled: it is naked
__attribute__((annotate("profile"), naked)) void bare(void) { __asm__("ret"); }

// WARNING: left-out.c:[[#@LINE+1]]:{{.*}} warning: {{.*}}'label' cannot be profiled: its inline assembly defines a label
__attribute__((annotate("profile"))) void label(void) { __asm__ volatile("my_label: nop"); }

// A local label is no obstacle.
__attribute__((annotate("profile"))) void local(void) { __asm__ volatile("1: nop"); }

__attribute__((annotate("profile"))) int interpret(const char *code) {
  static const void *const table[] = {&&stop, &&next};
  int n = 0;
next:
  n++;
  goto *table[*code++ & 1];
stop:
  return n;
}

// LIST-DAG: bare{{.*}}naked
// LIST-DAG: label{{.*}}label
// LIST-DAG: left-out.c:[[#@LINE-14]]: local
// LIST-DAG: interpret
// CHECK-NOT: @interpret.memprof(
// CHECK-LABEL: define dso_local i32 @interpret(
// CHECK: call {{.*}} @__memprofpass_enter({{.*}}@interpret.memprof.live
// CHECK: call void @__memprofpass_exit(
