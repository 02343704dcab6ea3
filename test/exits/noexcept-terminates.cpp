// An exception that meets noexcept, one that nobody catches, and
// std::terminate itself end in abort: the report is there, and the calls that
// never returned are in it.
//
// RUN: for level in O0 O2; do %mclangxx -g -$level %s -o %t.$level; \
// RUN:   for how in noexcept uncaught terminate handler; do \
// RUN:     env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS="unit=B:columns=all" \
// RUN:       not --crash %t.$level $how 2>%t.err; \
// RUN:     FileCheck %s --check-prefixes=CHECK,$how <%t.err || exit 1; \
// RUN:   done; done
#include "memprof.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

static void *volatile kept;
static const char *how;

static void at_terminate() {
  kept = std::malloc(5);
  std::fputs("terminate handler\n", stderr);
  std::abort();
}

static void quiet() { std::abort(); }

MEMPROF_PROFILE void inner() {
  kept = std::malloc(100);
  if (std::strcmp(how, "terminate") == 0)
    std::terminate();
  throw 1;
}

static void stops() noexcept { inner(); }

MEMPROF_PROFILE void outer() {
  kept = std::malloc(10);
  if (std::strcmp(how, "uncaught") == 0)
    inner();
  stops();
}

int main(int, char **argv) {
  how = argv[1];
  std::set_terminate(std::strcmp(how, "handler") ? quiet : at_terminate);
  outer();
}

// clang-format off
// The exception object takes 132 bytes. Nothing unwinds what nobody catches;
// what meets noexcept has left inner() when the handler runs, from stops().
//
// handler:        terminate handler
// noexcept-NOT:   terminate handler
//     CHECK:      Function: inner (1 call,
//     CHECK:      29 110 B 100 B 1 1 0 100 B 0 B 100 B 100 B kept = std::malloc(100);
//   noexcept:     32 242 B 132 B 1 1 0 132 B 0 B 132 B 132 B throw 1;
//   uncaught:     32 242 B 132 B 1 1 0 132 B 0 B 132 B 132 B throw 1;
//  terminate:     31 110 B 0 B 1 0 0 0 B 0 B 0 B 0 B std::terminate();
//    handler:     32 242 B 132 B 1 1 0 132 B 0 B 132 B 132 B throw 1;
//     CHECK:      Function: outer (1 call,
//     CHECK:      38 10 B 10 B 1 1 0 10 B 0 B 10 B 10 B kept = std::malloc(10);
//   noexcept:     41 242 B 232 B 1 2 0 232 B 0 B 232 B 232 B stops();
//   uncaught:     40 242 B 232 B 1 2 0 232 B 0 B 232 B 232 B inner();
//  terminate:     41 110 B 100 B 1 1 0 100 B 0 B 100 B 100 B stops();
//    handler:     41 247 B 237 B 1 3 0 237 B 0 B 237 B 237 B stops();
