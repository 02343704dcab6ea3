/* `memprof run` is killed: the program goes on, its profile is whole, and the
 * samples until then are a profile of the same run.
 *
 * RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
 * RUN: %mclang -g -O1 -I %S/Inputs -I %inc %s -o run && mkfifo go
 * RUN: %memprof run -T 0.01 --stream none -o x.mprof ./run > out 2> err & \
 * RUN:   run=$!; read -r pid < go; %memprof list > during; kill -KILL $run; \
 * RUN:   wait $run; echo "status $?" > status; echo > go; \
 * RUN:   tail -s 0.1 --pid=$pid -f /dev/null
 * RUN: grep -qx 'status 137' status && grep -qx done out
 * RUN: grep -E ' running .* run  x.mprof$' during
 * RUN: grep -E ' running .* run  x.samples.mprof$' during
 * RUN: %memprof list > after && grep -E ' exit 0 .* run  x.mprof$' after
 * RUN: grep -E ' killed .* run  x.samples.mprof$' after
 * RUN: %python %S/Inputs/series.py *.mprof > series
 * RUN: echo './run | every 0.01 s | live 5000' | diff - series
 * RUN: %memprof report --unit B > report && grep 'work (1 call, 1 alloc' report
 *
 * A profile that a process of the run is still writing is left to it.
 * RUN: rm *.mprof && %memprof run -T 0.01 --stream none -o x.mprof -- \
 * RUN:   sh -c './run child > out & read pid < go; exit 4' 2> err; test $? = 4
 * RUN: grep "profile 'x.samples.mprof', and 1 of other processes" err
 * RUN: %memprof list > list && grep ' running .* x.mprof$' list && echo > go && \
 * RUN:   grep ' exit 4 .* x.samples.mprof$' list
 */
#include <samples.h>

static void *volatile kept;

__attribute__((annotate("profile"), noinline)) static void work(void) {
  kept = malloc(5000);
}

/* Tells whoever reads the FIFO, and goes on when told so. */
static void meet(void) {
  char line[8];
  int go = open("go", O_WRONLY);
  dprintf(go, "%d\n", (int)getpid());
  close(go);
  go = open("go", O_RDONLY);
  if (read(go, line, sizeof line) < 0)
    abort();
}

int main(int argc, char **argv) {
  (void)argv;
  struct samples samples = samples_open();
  work();
  if (argc == 1) /* else it is no child of the tool, and not sampled */
    samples_wait(samples, getpid());
  meet();
  puts("done");
  return 0;
}
