// clang-format off
// `memprof functions` lists what is marked: where, its name, its limits, and why it was left out.
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir && cp %s ./source.cpp
// RUN: %mclangxx -g -c source.cpp -o object.o 2> warnings && FileCheck --check-prefix=WARNING %s < warnings
// RUN: %mclangxx object.o -o program && ar rcs archive.a object.o && %mclangxx -shared object.o -o library.so
// RUN: for file in object.o program archive.a library.so; do \
// RUN:   %memprof functions $file > out 2> err && count 0 < err && FileCheck %s < out && count 4 < out || exit 1; done
//
// Without -g: names, but no places. Stripped: the same, the records are the program's own data.
// RUN: %mclangxx -g0 source.cpp -o bare 2> /dev/null && %memprof functions bare | FileCheck --check-prefix=BARE %s
// RUN: strip program && %memprof functions program | FileCheck %s
//
// Several files: each under its name; the worst status counts.
// RUN: %memprof functions program object.o | FileCheck --check-prefix=SEVERAL %s
// RUN: %memprof functions program %clang > out 2> err; test $? = 3
// RUN: %memprof functions %clang %s program > out 2> err; test $? = 2
#include "memprof.h"

namespace json {
MEMPROF_LIMIT("peak=1MiB", "allocs=3..10") int parse(const char *text) { return *text; }
MEMPROF_PROFILE int parse(int n) { return n; }
} // namespace json
extern "C" MEMPROF_PROFILE int plain(int n) { return json::parse(n); }
extern "C" MEMPROF_PROFILE __attribute__((naked)) void bare() { __asm__("ret"); }
int main() { return plain(0); }

// clang-format off
// WARNING: source.cpp:24:{{.*}}warning: {{.*}}bare
//      CHECK: {{^}}source.cpp:20: json::parse(char const*)  [peak=1MiB, allocs=3..10]{{$}}
// CHECK-NEXT: {{^}}source.cpp:21: json::parse(int){{$}}
// CHECK-NEXT: {{^}}source.cpp:23: plain{{$}}
// CHECK-NEXT: {{^}}source.cpp:24: bare  left out: {{.+}}
//  BARE: {{^}}(no -g): json::parse(char const*)  [peak=1MiB, allocs=3..10]{{$}}
//      SEVERAL: {{^}}program:{{$}}
// SEVERAL-NEXT: source.cpp:20:
//      SEVERAL: {{^}}object.o:{{$}}
// SEVERAL-NEXT: source.cpp:20:
