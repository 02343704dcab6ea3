// The counters of lines without calls leave the loops: at -O2 the block in
// which a matrix product multiplies holds no access to a counter.
//
// RUN: %clang -fpass-plugin=%plugin -g -O2 -fno-vectorize -fno-unroll-loops \
// RUN:   -S -emit-llvm %s -o %t.ll
// RUN: awk '/^define.*@product.memprof/ { ours = 1 } /^}/ { ours = 0 } ours' \
// RUN:   %t.ll | awk -v RS= '/fmul/' > %t.inner
// RUN: grep -c 'fmul' %t.inner | FileCheck --check-prefix=FOUND %s
// RUN: not grep -E '(store|load) (volatile )?i64|volatile' %t.inner
__attribute__((annotate("profile"))) void product(double *a, const double *b,
                                                  const double *c, int n) {
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      for (int k = 0; k < n; k++)
        a[i * n + j] += b[i * n + k] * c[k * n + j];
}

// FOUND: {{^[1-9]}}
