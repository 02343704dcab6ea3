// Whatever ends a process leaves its profile whole, and the profile says how
// the process ended where the process could know. Each program has a file of
// its own: exec keeps the pid, and the run has used the name.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: %mclang -g -O1 -pthread %S/Inputs/busy.c -o busy
// RUN: %unit -I %S/Inputs %s -o survivors
// RUN: ./survivors | FileCheck %s
//
// No memory is left: by the kernel's hand, where a control group can be made.
// RUN: sh %S/Inputs/with-little-memory.sh ./survivors memory > memory.txt
// RUN: cat memory.txt && FileCheck --check-prefix=MEMORY %s < memory.txt
// RUN: rm -f *.mprof
//
//      CHECK: exit: ended by exit 7, wait says exit 7
// CHECK-NEXT: _exit: ended by exit 7, wait says exit 7
// CHECK-NEXT: abort: ended by signal 6, wait says signal 6
// CHECK-NEXT: SIGSEGV: ended by unknown 0, wait says signal 11
// CHECK-NEXT: SIGTERM: ended by unknown 0, wait says signal 15
// CHECK-NEXT: exec: ended by unknown 0, wait says exit 7
// CHECK-NEXT: then: ended by exit 7
//
// MEMORY: {{memory: ended by unknown 0, wait says signal 9|no control group}}
#include "survivors.h"

/* Fails unless the profile is whole. */
static int print_end(const char *name, const volatile struct counts *counts,
                     const char *how) {
  static const char *const ends[] = {"unknown", "exit", "signal"};
  int end = survivor_check(name, counts);
  if (end < 0 || end >> 8 > 2) {
    printf("%s: %s is wrong\n", how, name);
    exit(1);
  }
  printf("%s: ended by %s %d", how, ends[end >> 8], end & 0xff);
  return end;
}

static void try(const char *how) {
  char other[64];
  int status;
  volatile struct counts *counts = counts_make("counts");
  volatile struct counts *then = counts_make("then");
  pid_t child =
      start((char *[]){"./busy", "counts", (char *)how, "5000", "then", NULL});
  snprintf(other, sizeof other, "busy.%d.mprof", child);
  waitpid(child, &status, 0);
  print_end("busy.mprof", counts, how);
  printf(", wait says %s %d\n", WIFEXITED(status) ? "exit" : "signal",
         WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
  if (strcmp(how, "exec") == 0) {
    print_end(other, then, "then");
    printf("\n");
  }
}

int main(int argc, char **argv) {
  static const char *const all[] = {"exit",    "_exit",   "abort",
                                    "SIGSEGV", "SIGTERM", "exec"};
  if (argc > 1) {
    try(argv[1]);
    return 0;
  }
  for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
    try(all[i]);
  return 0;
}
