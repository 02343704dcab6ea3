// gdb: a breakpoint on a marked function stops in it with its arguments and
// locals, asleep in the body, awake in the twin, under the function's own name;
// and the backtrace from below it reads well: at -O0 the dispatch stands in it,
// from -O1 on it is a jump.
//
// Clang 22 ends the prologue of -O0 before the arguments are saved: there they
// show one `next` later.
//
// RUN: for level in 0 2; do for awake in 0 1; do \
// RUN:   %mclang -g -O$level %s -o %t && PROFILE_MEMORY=$awake \
// RUN:   PROFILE_MEMORY_OPTIONS=stream=none gdb -nx -batch \
// RUN:   -ex 'set debuginfod enabled off' -ex 'break scale' -ex run \
// RUN:   -ex 'info args' -ex delete -ex 'break below' -ex continue -ex 'bt' \
// RUN:   -ex 'up' -ex 'info args' -ex 'info locals' %t > %t.$level.$awake 2>&1 \
// RUN:   || exit 1; done; done
// RUN: stop=ARGUMENTS; test %llvm_major -lt 20 || stop=STOPS; \
// RUN:   FileCheck --check-prefixes=$stop,CHECK,ONCE,ALL %s < %t.0.0 && \
// RUN:   FileCheck --check-prefixes=$stop,CHECK,TWICE,ALL %s < %t.0.1
// RUN: FileCheck --check-prefixes=ARGUMENTS,CHECK,ONCE %s < %t.2.0
// RUN: FileCheck --check-prefixes=ARGUMENTS,CHECK,ONCE %s < %t.2.1
#include "memprof.h"
#include <stdlib.h>
#include <string.h>

__attribute__((noinline)) void below(char *text) {
  __asm__ volatile("" ::"r"(text));
}

MEMPROF_PROFILE __attribute__((noinline)) int scale(const char *name, int by) {
  int volatile length = (int)strlen(name);
  char *text = malloc(100);
  below(text);
  free(text);
  return length * by;
}

int main(void) { return scale("width", 3) != 15; }

// clang-format off
// STOPS: Breakpoint 1{{.*}}, scale (name={{.*}}, by={{.*}}) at {{.*}}breakpoint.c
// ARGUMENTS: Breakpoint 1{{.*}}, scale (name={{.*}}"width", by={{(by@entry=)?}}3)
// ARGUMENTS: name = {{.*}}"width"
// ARGUMENTS: by = 3
// CHECK: Breakpoint {{.*}}below
// CHECK: #0 {{.*}}below
// CHECK-NEXT: #1 {{.*}}scale (name={{.*}}, by=
// TWICE-NEXT: #2 {{.*}}scale (name={{.*}}"width", by=3)
// TWICE-NEXT: #3 {{.*}}main ()
// ONCE-NEXT: #2 {{.*}}main ()
// ALL: name = {{.*}}"width"
// CHECK: by = 3
// CHECK: length = 5
