// A dlsym that allocates while it looks up the allocator, as older libcs' do,
// is served from a pool; its blocks may be moved and released like others.
//
// clang-format off
// RUN: %clang -fpass-plugin=%plugin -DMEMPROF_ENABLED -DDLSYM_VERSION='"GLIBC_2.2.5"' -I %inc -g -O0 %s -o %t %lib/libmemprof.a
// RUN: timeout 60 %t && env PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B timeout 60 %t 2>&1 | FileCheck %s
// clang-format on
#define _GNU_SOURCE
#include "memprof.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

static char *first;

void *dlsym(void *handle, const char *name) {
  static void *(*real)(void *, const char *);
  char *block = calloc(10, 4);
  if (!first)
    first = block;
  else
    free(block);
  if (!real)
    real = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym",
                                                   DLSYM_VERSION);
  return real(handle, name);
}

MEMPROF_PROFILE static void work(void) { free(malloc(100)); }

int main(void) {
  work();
  if (!first || memcmp(first, "\0\0\0\0", 4) != 0)
    return 1;
  strcpy(first, "moved out of the pool");
  char *moved = realloc(first, 5000);
  if (moved == first || strcmp(moved, "moved out of the pool") != 0)
    return 2;
  free(moved);
  free(first);
  return 0;
}

// CHECK: Function: work (1 call, 1 allocation, peak 100 B, kept 0 B)
