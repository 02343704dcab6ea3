// A C program loads a C++ plugin for itself only: operator new, for which our
// names come first, finds the plugin's library, and its exceptions.
//
// clang-format off
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
// RUN: %clangxx -O0 -shared -fPIC %s -o plugin.so
// RUN: printf '#include <dlfcn.h>\n#include "memprof.h"\nMEMPROF_PROFILE int load(void) { void *plugin = dlopen("./plugin.so", RTLD_NOW | RTLD_LOCAL); int (*use)(void) = plugin ? (int (*)(void))dlsym(plugin, "use") : 0; return use ? use() : 1; }\nint main(void) { return load() || dlerror(); }\n' > program.c
// RUN: %mclang -g -O0 program.c -o program
// RUN: ./program && env PROFILE_MEMORY=1 ./program 2>&1 | FileCheck %s
// RUN: env LD_PRELOAD=%lib/libmemprof.so PROFILE_MEMORY=1 ./program 2>&1 | FileCheck %s
// clang-format on
#include <new>
#include <stddef.h>
#include <vector>

static volatile size_t too_much = size_t(1) << 62;

extern "C" int use() {
  std::vector<int> numbers(1000, 5);
  try {
    ::operator delete(::operator new(too_much));
  } catch (const std::bad_alloc &) {
    return numbers[7] - 5;
  }
  return 1;
}

// CHECK-NOT: memprof: calls
// CHECK: Function: load (1 call,
