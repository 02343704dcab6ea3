// A bad limit is an error at the mark; a mark on something that is no function
// is a warning.
//
// RUN: not %mclang -g -c %s -o %t.o 2>&1 | FileCheck %s
// RUN: %mclang -g -DONLY_WARNINGS -c %s -o %t.o 2>&1 \
// RUN:   | FileCheck --check-prefix=WARNING %s
// clang-format off
#ifndef ONLY_WARNINGS
// CHECK: wrong-marks.c:[[#@LINE+1]]:{{.*}}error: {{.*}}'1QiB' is not a size
__attribute__((annotate("profile", "peak=1QiB"))) void a(void) {}
// CHECK: wrong-marks.c:[[#@LINE+1]]:{{.*}}error: {{.*}}weight
__attribute__((annotate("profile", "weight=3"))) void b(void) {}
// CHECK: wrong-marks.c:[[#@LINE+1]]:{{.*}}error: {{.*}}argument 1 of the mark on 'c' is not a limit in a string
__attribute__((annotate("profile", 7))) void c(void) {}
// CHECK: wrong-marks.c:[[#@LINE+1]]:{{.*}}error: {{.*}}'-1' is not a size
__attribute__((annotate("profile", "peak=-1"))) void d(void) {}
// CHECK: wrong-marks.c:[[#@LINE+1]]:{{.*}}error: {{.*}}'99999999999999999999' is not a count
__attribute__((annotate("profile", "allocs=99999999999999999999"))) void e(void) {}
// CHECK: wrong-marks.c:[[#@LINE+1]]:{{.*}}error: {{.*}}'allocs=10..3' allows nothing: 10 is more than 3
__attribute__((annotate("profile", "allocs=10..3"))) void f(void) {}
// CHECK: wrong-marks.c:[[#@LINE+1]]:{{.*}}error: {{.*}}'allocs' is not a limit
__attribute__((annotate("profile", "peak=1KiB", "allocs"))) void g(void) {}
// CHECK: wrong-marks.c:[[#@LINE+1]]:{{.*}}error: {{.*}}'process.peak' is no limit of a function
__attribute__((annotate("profile", "process.peak=1KiB"))) void h(void) {}
// CHECK: wrong-marks.c:[[#@LINE+1]]:{{.*}}error: {{.*}}argument 1 of the mark on 'i' is not a limit in a string
__attribute__((annotate("profile", "peak=1\0KiB"))) void i(void) {}
#endif
// WARNING: wrong-marks.c:[[#@LINE+1]]:{{.*}}warning: {{.*}}the mark is on 'global', which is not a function: ignored
__attribute__((annotate("profile"))) int global = 1;
