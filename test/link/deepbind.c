// RTLD_DEEPBIND looks for malloc in the module's own libraries first: its calls
// go past us, which is said, once, with its name. Asleep nothing is said. The
// real dlopen looks for a file where the caller's RUNPATH says, as always.
//
// RUN: rm -rf %t.dir && mkdir -p %t.dir/sub && cd %t.dir
// RUN: for level in 0 2; do \
// RUN:   %mclang -g -O$level -fPIC -shared -DMODULE %s -o sub/module.so && \
// RUN:   %clang -g -O$level -fPIC -shared -DOPENER -I %inc %s -o sub/opener.so \
// RUN:     '-Wl,-rpath,$ORIGIN' && \
// RUN:   %mclang -g -O$level %s -o program && \
// RUN:   ./program deep > asleep 2>&1 && count 0 < asleep && \
// RUN:   export PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B && \
// RUN:   ./program > plain 2>&1 && \
// RUN:   FileCheck --check-prefix=PLAIN %s < plain && \
// RUN:   ./program deep > deep 2>&1 && FileCheck --check-prefix=DEEP %s < deep \
// RUN:     || exit 1; unset PROFILE_MEMORY; done
#define _GNU_SOURCE
#include "memprof.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef MODULE
MEMPROF_PROFILE void *module_work(void) { return malloc(100); }
#elif defined OPENER
/* The module lies beside this library, which only its own RUNPATH says. */
void *open_module(int flags) {
  void *volatile module = dlopen("module.so", flags); // no jump: we call
  return module;
}
#else

int main(int argc, char **argv) {
  int flags = RTLD_NOW | (argc > 1 ? RTLD_DEEPBIND : 0);
  void *opener = dlopen("./sub/opener.so", RTLD_NOW);
  void *(*open)(int) = (void *(*)(int))dlsym(opener, "open_module");
  for (int i = 0; i < 2; i++) {
    void *module = open(flags);
    if (!module) {
      puts(dlerror());
      return 1;
    }
    free(((void *(*)(void))dlsym(module, "module_work"))());
  }
  return 0;
}
#endif

// clang-format off
// PLAIN-NOT: DEEPBIND
// PLAIN: Function: module_work (2 calls, 2 allocations, peak 100 B, kept 0 B)
// DEEP: {{^}}memprof: 'module.so' is loaded with RTLD_DEEPBIND: its calls of 'malloc' do not come to memprof and are not counted; load it without that flag{{$}}
// DEEP-NOT: DEEPBIND
// DEEP: Function: module_work (2 calls, 0 allocations,
