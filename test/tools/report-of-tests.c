/* A limit that one of two tests breaks: the program fails, and JUnit, GitHub
 * and the table of tests say which test it was.
 *
 * clang-format off
 * RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir && cp %s tests.c && %mclang -g tests.c -o tests
 * RUN: env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=output=run.mprof ./tests 2> err; test $? = 97
 * RUN: %memprof report --format junit > out; test $? = 1 && xmllint --noout --relaxng %S/Inputs/junit.rng out && FileCheck --check-prefix=JUNIT %s < out
 * RUN: %memprof report --format github > out; test $? = 1 && FileCheck --check-prefix=GITHUB %s < out
 * RUN: %memprof report --by test --format csv --columns occurrences,bytes,peak > out; test $? = 1 && FileCheck --check-prefix=TESTS %s < out
 *
 *      JUNIT: <testsuite name="limits" tests="1" failures="1"
 *      JUNIT: <testcase classname="make" name="peak=100" time="0">
 * JUNIT-NEXT: <failure message="peak of 500 bytes in call 2 breaks the limit peak=100 (1 of 2)" type="peak">tests.c:[[#MAKE:]]: make:
 * JUNIT-NEXT: {{^}}tests.c:[[#MAKE+1]]: make: peak of 500 bytes on this line
 *      JUNIT: <testsuite name="tests" tests="2" failures="1"
 *      JUNIT: <testcase classname="suite" name="small" time="0">
 * JUNIT-NEXT: <system-out>calls 1, allocs 1, bytes 50, peak 50, kept 0</system-out>
 *      JUNIT: <testcase classname="suite" name="large" time="0">
 * JUNIT-NEXT: <failure
 *
 *      GITHUB: {{^}}::error file=tests.c,line=[[#MAKE:]],title=memprof::make: peak of 500 bytes in call 2 breaks
 * GITHUB-NEXT: {{^}}::notice file=tests.c,line=[[#MAKE+1]],title=memprof::make: peak of 500 bytes on this line
 *
 *      TESTS: test,function,file,line,calls,bytes,peak
 * TESTS-NEXT: suite.small,,,,1,50,50
 * TESTS-NEXT: suite.small,make,tests.c,{{[0-9]+}},1,50,50
 * TESTS-NEXT: suite.large,,,,1,500,500
 * TESTS-NEXT: suite.large,make,tests.c,{{[0-9]+}},1,500,500
 * clang-format on
 */
#include <memprof.h>
#include <stdlib.h>

MEMPROF_LIMIT("peak=100") void *make(size_t size) {
  void *block = malloc(size);
  return block;
}

static void test(const char *name, size_t size) {
  memprof_test_begin("suite", name);
  free(make(size));
  memprof_test_end();
}

int main(void) {
  test("small", 50);
  test("large", 500);
}
