// The source beside the numbers: missing, changed, newer than the program, or
// moved with its tree. Line numbers and figures print in any case.
//
// RUN: rm -rf %t.dir && mkdir -p %t.dir/src && cp %s %t.dir/src/f.c
// RUN: cd %t.dir
//
// DWARF 5 carries the source's checksum, DWARF 4 does not.
// RUN: %mclang -gdwarf-5 src/f.c -o with-checksum
// RUN: %mclang -gdwarf-4 src/f.c -o without
// RUN: env PROFILE_MEMORY=1 ./with-checksum 2>&1 \
// RUN:   | FileCheck --check-prefixes=TEXT,FRESH %s
// RUN: env PROFILE_MEMORY=1 ./without 2>&1 \
// RUN:   | FileCheck --check-prefixes=TEXT,FRESH %s
//
// Found from another directory too.
// RUN: mkdir elsewhere && cd elsewhere
// RUN: env PROFILE_MEMORY=1 ../without 2>&1 \
// RUN:   | FileCheck --check-prefixes=TEXT,FRESH %s
// RUN: cd ..
//
// The same text with a new time is not a change where the checksum is known.
// RUN: touch -d '+1 hour' src/f.c
// RUN: env PROFILE_MEMORY=1 ./with-checksum 2>&1 \
// RUN:   | FileCheck --check-prefixes=TEXT,FRESH %s
// RUN: env PROFILE_MEMORY=1 ./without 2>&1 \
// RUN:   | FileCheck --check-prefixes=NEWER,TEXT %s
//
// Another text with an old time.
// RUN: sed s/text/TEXT/ %s >src/f.c && touch -d 2001-01-01 src/f.c
// RUN: env PROFILE_MEMORY=1 ./with-checksum 2>&1 \
// RUN:   | FileCheck --check-prefixes=CHANGED,OTHER %s
//
// RUN: mv src moved
// RUN: env PROFILE_MEMORY=1 ./with-checksum 2>&1 \
// RUN:   | FileCheck --strict-whitespace --check-prefix=MISSING %s
//
// A tree that moved: the name as compiled, from the current directory.
// RUN: mkdir new && mv moved new/src && cp %s new/src/f.c && cd new
// RUN: env PROFILE_MEMORY=1 ../with-checksum 2>&1 \
// RUN:   | FileCheck --check-prefixes=TEXT,FRESH %s
#include "memprof.h"

static int x;

MEMPROF_PROFILE void f(void) {
  x++; // some text
}

int main(void) {
  f();
  return 0;
}

// NEWER: Function: f
// NEWER-NEXT: {{^}}source is newer than the program: '{{.*}}src/f.c'
// CHANGED: Function: f
// CHANGED-NEXT: {{^}}source changed since it was compiled: '{{.*}}/src/f.c'
// FRESH-NOT: source {{is|changed|not}}
// TEXT: Line #
// TEXT: 46 {{.*}} 1 x++; // some text
// OTHER: 46 {{.*}} 1 x++; // some TEXT

//      MISSING: Filename: src/f.c
// MISSING-NEXT: {{^}}Function: f (1 call, 0 allocations,
// MISSING-NEXT: {{^}}source not found: 'src/f.c'{{$}}
// MISSING-EMPTY:
// MISSING-NEXT: {{^}}Line #
// MISSING-NEXT: {{^}}=====
// MISSING-NEXT: {{^}}    45    0.000 MiB    0.000 MiB           1{{$}}
// MISSING-NEXT: {{^}}    46    0.000 MiB    0.000 MiB           1{{$}}
