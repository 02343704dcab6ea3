// Occurrences do not depend on the level. At -O1 and above clang ends the
// lifetime of variables in cleanups, through which break, continue, goto and
// return go; a `case` with nothing but break is left out; do {} while (0) has a
// block more; a single return stands elsewhere. None of it may show.
//
// RUN: env OPTIONS=columns=occurrences %every_level %s | FileCheck %s
#include <setjmp.h>
#include <stdlib.h>
#define MARK __attribute__((annotate("profile")))
static volatile int sink;
static __attribute__((noinline)) int id(int x) { return sink = x; }
// clang-format off

MARK int leave_loops(int n) {
  for (int i = 0; i < n; i++) {
    int buffer[10];
    buffer[i % 10] = id(i);
    if (buffer[i % 10] == 3)
      return i;
    for (int j = 0; j < 2; j++) {
      int k = id(j);
      if (k == 1 && i == 4)
        return 100;
      if (k == 7)
        goto out;
    }
  }
out:
  return -1;
}

MARK int cases(int n) {
  int r = 0;
  switch (n) {
  case 0:
    r = 1;
    break;
  case 1:
    break;
  case 2: {
    int k = id(n);
    r = k;
    break;
  }
  case 3:
    r = 2;
    /* fallthrough */
  case 4: {
    int k = id(n);
    if (k)
      goto out;
    r += k;
    break;
  }
  case 5:
    return 9;
  case 6: {
    int k = id(n);
    if (k == 1)
      r = k;
    else if (k)
      id(k);
    break;
  }
  default: {
    char c = id(n);
    r = c;
  }
  }
  r++;
out:
  return r;
}

MARK int scan(const char *s) {
  int n = 0;
  for (;;) {
    switch (*s++) {
    case 0:
      return n;
    case ' ':
    case '\t':
      continue;
    case 'a': {
      const char *p = s;
      while (*p == 'a')
        p++;
      n += p - s;
      break;
    }
    case 'b':
      break;
    case 'c':
      goto error;
    default: {
      int k = id(*s);
      if (!k)
        goto error;
      n += k & 1;
      break;
    }
    }
    id(n);
  }
error:
  return -1;
}

MARK void returns_nothing(int n) {
  if (n == 0)
    return;
  while (n > 0) {
    int k = id(n--);
    if (k == 2)
      return;
    else
      id(k);
  }
}

MARK int once(int n) {
  int r = -1;
  do {
    if (n == 1)
      break;
    if (n == 2) {
      r = 5;
      break;
    }
    r = id(n);
  } while (0);
  do {
    int k = id(n);
    if (k == 2)
      continue;
    n++;
  } while (n < 2);
  return r;
}

MARK int lines_of_a_loop(int n) {
  int i;
  for (i = 0;
       i < n;
       i++) {
    int k = id(i);
    if (k == 4)
      break;
    if (k > 1) {
      int l = id(k);
      if (l > 2) {
        id(l);
      } else {
        id(2);
      }
    } else {
      id(k);
    }
  }
  return i;
}

MARK int one_return(int n) {
  int i = 0;
  {
    int k = id(n);
    if (k > 3)
      goto end;
    id(k);
  }
  id(2);
end:
  return i;
}

static jmp_buf there;
static __attribute__((noinline)) void jump(int n) {
  if (n > 2)
    longjmp(there, n);
}
MARK int comes_back(int n) {
  switch (setjmp(there)) {
  case 0:
    jump(n);
    return 1;
  case 3:
    return 3;
  }
  return 4;
}

MARK int declared(int n) { for (int i = 0; i < n; i++)
    id(i);
  return n; }

int main(void) {
  for (int i = 0; i < 8; i++) {
    leave_loops(i);
    cases(i);
    scan(&"aab b cd"[i]);
    returns_nothing(i);
    once(i);
    lines_of_a_loop(i);
    one_return(i);
    comes_back(i);
    declared(i);
  }
  return 0;
}

// CHECK-LABEL: Function: leave_loops
// CHECK:       26 for (int i = 0; i < n; i++) {
// CHECK:       4 return i;
// CHECK:       54 for (int j = 0; j < 2; j++) {
// CHECK:       36 }
// CHECK-NEXT:  22 }
// CHECK:       4 return -1;
// CHECK-LABEL: Function: cases
// CHECK:       1 r = 1;
// CHECK-NEXT:  1 break;
// CHECK:       2 goto out;
// CHECK:       7 return r;
// CHECK-LABEL: Function: one_return
// CHECK:       8 return i;
// CHECK-NEXT:  {{^ *[0-9]+ }}}
// CHECK-LABEL: Function: comes_back (8 calls
// CHECK:       8 MARK int comes_back
// CHECK-NEXT:  13 switch (setjmp(there)) {
// CHECK:       1 return 3;
// CHECK:       4 return 4;
// CHECK-LABEL: Function: declared (8 calls
// CHECK:       36 MARK int declared
// CHECK-NEXT:  28 id(i);
