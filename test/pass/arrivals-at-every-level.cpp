// Occurrences do not depend on the level in C++ either, where destructors and
// handlers run between the lines. (Unmarked code counts as compiled: without
// the second flag LLVM 22 takes a vector's allocation away at -O2.)
//
// RUN: env OPTIONS=columns=occurrences \
// RUN:   CFLAGS='-std=c++17 -mllvm -profile-memory-opaque-allocations' sh \
// RUN:   %src/test/every-level.sh %t %mclangxx %s | FileCheck %s
#include <map>
#include <memory>
#include <string>
#include <vector>
#define MARK __attribute__((annotate("profile")))
static volatile int sink;
static __attribute__((noinline)) int id(int x) { return sink = x; }
static __attribute__((noinline)) void may_throw(int n) {
  if (n & 1)
    throw n;
  if (n == 6)
    throw "text";
}
struct noisy {
  int x;
  noisy(int n) : x(id(n)) {}
  ~noisy() { id(x); }
};
// clang-format off

MARK int scopes(int n) {
  int sum = 0;
  noisy outer(n);
  for (int i = 0; i < n; i++) {
    noisy inner(i);
    if (i == 2)
      continue;
    if (i == 5)
      break;
    if (i == 6)
      return 1;
    sum += inner.x;
  }
  return sum;
}

MARK int handlers(int n) {
  int r = 0;
  noisy outer(n);
  try {
    noisy inner(n);
    may_throw(n);
    r = 1;
  } catch (int e) {
    noisy caught(e);
    return 4;
  } catch (...) {
    r = 5;
  }
  return r;
}

MARK int rethrown(int n) {
  int r = 0;
  for (int i = 0; i < n; i++) {
    try {
      try {
        may_throw(i);
      } catch (int) {
        r++;
        throw;
      }
    } catch (...) {
      r += 2;
      continue;
    }
    r += 10;
  }
  return r;
}

MARK bool ranges(int n) {
  std::vector<int> numbers{1, 2, 3};
  for (int x : numbers)
    if (x == n)
      return true;
  std::map<int, std::string> texts;
  for (int i = 0; i < n; ++i)
    texts[i % 3] += "x";
  for (auto &entry : texts) {
    std::string copy = entry.second;
    if (copy.size() > 1)
      continue;
    id(entry.first);
  }
  return false;
}

MARK int cases(int n) {
  if (int k = id(n); k > 5)
    return k;
  switch (n) {
  case 0: {
    noisy one(1);
    break;
  }
  case 1:
    return 3;
  case 2: {
    noisy two(2);
    return 4;
  }
  default: {
    auto owned = std::make_unique<noisy>(n);
    n = owned->x;
    break;
  }
  }
  return n;
}

int main() {
  for (int i = 0; i < 8; i++) {
    scopes(i);
    handlers(i);
    rethrown(i);
    ranges(i);
    cases(i);
  }
}

// CHECK-LABEL: Function: scopes (8 calls
// CHECK:       2 break;
// CHECK-LABEL: Function: handlers (8 calls
// CHECK:       3 r = 1;
// CHECK:       4 noisy caught(e);
// CHECK:       1 r = 5;
// CHECK-LABEL: Function: rethrown (8 calls
// CHECK:       12 r++;
// CHECK:       13 r += 2;
// CHECK:       15 r += 10;
// CHECK-LABEL: Function: ranges (8 calls
// CHECK:       3 return true;
