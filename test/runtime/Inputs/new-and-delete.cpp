// operator new and delete in all their forms: 7 allocations of 1829 bytes as
// the program asks for them. Says what it caught when memory runs out.
#include "memprof.h"
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>

struct alignas(128) Aligned {
  char bytes[256];
};

template <class T> __attribute__((noinline)) T *keep(T *block) {
  asm volatile("" : "+r"(block) : : "memory");
  return block;
}

MEMPROF_PROFILE static void use_all() {
  delete keep(new int);          // 4
  delete[] keep(new int[10]);    // 40
  delete keep(new Aligned);      // 256
  delete[] keep(new Aligned[2]); // 512
  ::operator delete(keep(static_cast<char *>(::operator new(7, std::nothrow))),
                    std::nothrow);
  ::operator delete(keep(static_cast<char *>(::operator new(
                        64, std::align_val_t(64), std::nothrow))),
                    std::align_val_t(64), std::nothrow);
  std::string text(945, 'x'); // 946
  keep(&text);
}

static volatile size_t too_much = size_t(1) << 62;

int main() {
  use_all();
  if (::operator new(too_much, std::nothrow))
    return 2;
  try {
    keep(static_cast<char *>(::operator new(too_much)));
  } catch (const std::bad_alloc &) {
    return 0;
  }
  return 1;
}
