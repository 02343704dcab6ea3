// Functions are selected on the command line, by globs or by a special case
// list, without a mark in the source.
//
// RUN: %mclang -g -c %s -o %t.o \
// RUN:   -mllvm '-profile-memory-functions=parse_*,!*_quick'
// RUN: %memprof functions %t.o | FileCheck --check-prefix=GLOBS %s
// RUN: echo 'fun:parse_quick' > %t.list
// RUN: %mclang -g -c %s -o %t.o -mllvm -profile-memory-list=%t.list
// RUN: %memprof functions %t.o | FileCheck --check-prefix=FUN %s
// RUN: printf 'src:*selecting.c\nfun:other=skip\n' > %t.list
// RUN: %mclang -g -c %s -o %t.o -mllvm -profile-memory-list=%t.list
// RUN: %memprof functions %t.o | FileCheck --check-prefix=SRC %s
// RUN: printf 'fn:other\n\ntype:T\n# x:y\n[cfi]\na:b\n[profile-memory]\nfunction:o\n' > %t.list
// RUN: %mclang -g -c %s -o %t.o -mllvm -profile-memory-list=%t.list 2>&1 \
// RUN:   | FileCheck --check-prefix=PREFIX --implicit-check-not=warning: %s
// RUN: not %mclang -g -c %s -o %t.o -mllvm -profile-memory-list=%t.missing \
// RUN:   2>&1 | FileCheck --check-prefix=MISSING %s
int parse_doc(void) { return 1; }
int parse_quick(void) { return 2; }
int other(void) { return 3; }

// clang-format off
// GLOBS: parse_doc
// GLOBS-NOT: {{parse_quick|other}}
// FUN-NOT: {{parse_doc|other}}
// FUN: parse_quick
// FUN-NOT: {{parse_doc|other}}
// SRC-DAG: parse_doc
// SRC-DAG: parse_quick
// SRC-NOT: other
// PREFIX: warning: profile-memory: {{.*}}.list:1: 'fn:' selects nothing: write fun:NAME or src:FILE
// PREFIX: warning: profile-memory: {{.*}}.list:8: 'function:' selects nothing: write fun:NAME or src:FILE
// MISSING: error: {{.*}}{{missing}}
