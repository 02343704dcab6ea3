/* From a program to a picture: what `memprof run` samples and the calls that it
 * keeps stand in one plot, with the exact peaks of the calls.
 *
 * RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
 * RUN: %mclang -g -O1 %s -o grow
 * RUN: %memprof run --timeline --stream none -T 0.001 -o run.mprof ./grow
 * RUN: %memprof plot run.mprof --metric all 2> err
 * RUN: %python %S/Inputs/read-svg.py run.svg curve call name > out
 * RUN: FileCheck --input-file out %s
 * CHECK: title: ./grow
 * CHECK-NEXT: curve {{.*}} tip 'RSS'
 * CHECK-NEXT: curve {{.*}} tip 'PSS'
 * CHECK-NEXT: curve {{.*}} tip 'USS'
 * CHECK-NEXT: curve {{.*}} tip 'live{{.*}}'
 * CHECK-NEXT: call {{.*}} tip 'grow: peak 12582912 B'
 * CHECK-NEXT: name {{.*}} 'grow: 1 call, peak 12.0 MiB'
 * CHECK-NEXT: tip 'step: {{.*}}peak 4194304 B'
 * CHECK: 'step: 3 calls, peak 4.0 MiB'
 *
 * The newest run is the default, its picture stands beside it, and so it goes
 * for each child with a profile.
 * RUN: rm run.svg && %memprof plot --slope 2> err && test -s run.svg
 * RUN: %memprof run --multiprocess --timeline --stream none -o two.mprof \
 * RUN:   sh -c './grow; ./grow'
 * RUN: %memprof plot two*.mprof -o two.svg 2> err
 * RUN: %python %S/Inputs/read-svg.py two.svg name > out
 * RUN: grep -c 'grow (grow [0-9]*): 1 call, peak 12.0 MiB' out | grep -x 2
 *
 * A program without marks has its samples alone.
 * RUN: %memprof run -T 0.001 -o plain.mprof sleep 0.2 2> err
 * RUN: %memprof plot plain.mprof 2> err
 * RUN: %python %S/Inputs/read-svg.py plain.svg curve name point | \
 * RUN:   FileCheck --check-prefix=PLAIN %s
 * PLAIN: title: sleep 0.2
 * PLAIN: curve {{.*}} tip 'RSS'
 * PLAIN-NOT: {{.}}
 */
#include <memprof.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

MEMPROF_PROFILE static char *step(void) {
  char *block = malloc(4 << 20);
  return memset(block, 1, 4 << 20);
}

MEMPROF_PROFILE static void grow(void) {
  char *blocks[3];
  for (int i = 0; i < 3; i++)
    blocks[i] = step();
  usleep(300000); /* there is a sample, on a busy machine too */
  for (int i = 0; i < 3; i++)
    free(blocks[i]);
}

int main(void) {
  grow();
  return 0;
}
