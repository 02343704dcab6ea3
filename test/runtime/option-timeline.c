// timeline: the profile file tells when marked calls began and ended, and what
// was live. Off by default.
//
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: %unit %src/test/runtime/Inputs/spans.c -o %t.spans
// RUN: for level in O0 O2; do \
// RUN:   %mclang -g -$level %s -o %t && env PROFILE_MEMORY=1 \
// RUN:     PROFILE_MEMORY_OPTIONS=timeline=yes:stream=none:output=$level.mprof \
// RUN:     %t && %t.spans $level.mprof > text && FileCheck %s < text && \
// RUN:   %t.spans $level.*.mprof > text && \
// RUN:   FileCheck %s --check-prefix=CHILD < text || exit 1; \
// RUN: done
// RUN: echo '#!/bin/sh' > run && chmod +x run
// RUN: echo 'export PROFILE_MEMORY_OPTIONS="$PROFILE_MEMORY_OPTIONS:'\
// RUN:   'stream=none:output=o.mprof"' | sed 's/: /:/' >> run
// RUN: echo '%t && exec env -u PROFILE_MEMORY %t.spans o.mprof' >> run
// RUN: sh %S/Inputs/both-ways.sh ./run timeline yes | FileCheck %s
//
// CHECK:          4 spans, 0 overwritten
// CHECK-NEXT:     {{^    }}inner: 100 to 110, peak 1010
// CHECK-NEXT:     {{^    }}inner: 110 to 130, peak 1020
// CHECK-NEXT:     {{^  }}outer: 0 to 130, peak 1130
// CHECK-NEXT:     {{^}}all: 0 to 130, peak 1130
// CHECK-NOT:      {{.}}
//
// The child was forked in `all`, which is not its call.
// CHILD:      1 spans, 0 overwritten
// CHILD-NEXT: inner: 0 to 5, peak 1005
// CHILD-NOT:  {{.}}
#include "memprof.h"
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void *volatile kept;

MEMPROF_PROFILE void inner(size_t size) {
  kept = malloc(size);
  kept = malloc(1000);
  free(kept);
}

MEMPROF_PROFILE void outer(void) {
  kept = malloc(100);
  inner(10);
  inner(20);
}

MEMPROF_PROFILE int all(void) {
  outer();
  pid_t child = fork();
  if (child == 0) {
    inner(5);
    _exit(0);
  }
  return waitpid(child, NULL, 0) != child;
}

int main(void) { return all(); }
