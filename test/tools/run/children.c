/* What a program starts: left out, summed into its curve, or a curve for each.
 * All are marked; what they hold at one moment adds up.
 *
 * RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
 * RUN: %mclang -g -O1 -I %S/Inputs -I %inc %s -o tree
 * RUN: for how in '' -C -M; do mkdir "d$how" && cd "d$how" && \
 * RUN:   %memprof run -T 0.01 $how --stream none -o x.mprof ../tree 2> err && \
 * RUN:   ls *.mprof | count 4 && %python %S/Inputs/series.py *.mprof \
 * RUN:   | sort && cat err && cd .. || exit 1; done > out
 * RUN: FileCheck --match-full-lines --check-prefix=CURVES %s < out
 *
 * The parent alone, though it has children.
 * CURVES: ../tree | every 0.01 s | live 1000
 * CURVES-NEXT: memprof: profile 'x.mprof', and 3 of other processes; next: memprof report
 *
 * One curve of all: 1000 + 20 + 300 + 4. The last is a daemon: nobody's child.
 * CURVES-NEXT: ../tree | every 0.01 s | live 1324
 * CURVES-NEXT: memprof: profile 'x.mprof', and 3 of other processes; next: memprof report
 *
 * One for each; the process between the daemon and the program never held
 * anything, and may have been too short for a sample.
 * CURVES-NEXT: ../tree | every 0.01 s | live 1000
 * CURVES-NEXT: ../tree | every 0.01 s | live 20
 * CURVES-NEXT: ../tree | every 0.01 s | live 300
 * CURVES-NEXT: ../tree | every 0.01 s | live 4
 * CURVES: memprof: profile 'x.mprof', and 3 of other processes; next: memprof report
 *
 * All of a run are one to the other commands. Each has a peak of its own.
 * RUN: cd d-M && %memprof report --unit B > report 2> err && count 0 < err
 * RUN: grep 'Function: hold (4 calls, 4 allocations, peak 1000 B' report
 * RUN: %memprof peak --unit B > peak && grep 'live blocks' peak | count 4
 * RUN: %memprof list > list && grep ' exit 0 .* tree ' list | count 4
 *
 * What a shell starts: it has no marks, and no profile of its own but the curve.
 * RUN: cd .. && mkdir sh && cd sh && %memprof run -T 0.01 -M --stream none -- \
 * RUN:   sh -c '../tree; exit 3' 2> err; test $? = 3
 * RUN: FileCheck --check-prefix=SHELL %s < err
 * SHELL: {{^}}memprof: profile 'memprof.sh.[[#]].[[#]].mprof', and 4 of other processes; next: memprof report
 * RUN: %python %S/Inputs/series.py memprof.sh.*.mprof | sort -u > out
 * RUN: grep -xF "sh -c '../tree; exit 3' | every 0.01 s | live unknown" out
 * RUN: grep -xF '../tree | every 0.01 s | live 1000' out
 * RUN: %memprof report | grep 'Function: hold (4 calls'
 */
#include <samples.h>
#include <sys/wait.h>

static void *volatile kept;

__attribute__((annotate("profile"), noinline)) static void hold(size_t size) {
  kept = malloc(size);
}

/* Holds it until the pipe `go` is closed; says that it does on `ready`. */
static void child(size_t size, int ready, const int *go) {
  char byte;
  close(go[1]);
  hold(size);
  if (write(ready, "", 1) != 1 || read(go[0], &byte, 1) != 0)
    abort();
  exit(0);
}

static void daemonise(size_t size, int ready, const int *go) {
  pid_t pid = fork();
  if (pid == 0) {
    setsid();
    if (fork() == 0)
      child(size, ready, go);
    _exit(0);
  }
  waitpid(pid, NULL, 0);
}

static void wait_for(int ready, int children) {
  char byte;
  while (children--)
    if (read(ready, &byte, 1) != 1)
      abort();
}

int main(void) {
  int ready[2], go[2];
  struct samples samples = samples_open();
  pid_t self = getpid();
  if (pipe(ready) != 0 || pipe(go) != 0)
    return 1;
  hold(1000);
  static const size_t sizes[] = {20, 300};
  for (int i = 0; i < 2; i++)
    if (fork() == 0)
      child(sizes[i], ready[1], go);
  daemonise(4, ready[1], go);
  wait_for(ready[0], 3);
  samples_wait(samples, self);
  close(go[1]);
  close(ready[1]);
  char byte; /* the daemon, too, has ended when nobody has the pipe */
  while (read(ready[0], &byte, 1) > 0) {
  }
  while (wait(NULL) > 0) {
  }
  return 0;
}
