// A malloc/free pair in a marked function is counted as written: at -O2 it
// stays in the twin, with its hooks, although the plain body loses it. The hooks
// stand aside.
//
// RUN: %clang -fplugin=%plugin -fpass-plugin=%plugin -g -O2 -S -emit-llvm \
// RUN:   %s -o - | FileCheck %s
// RUN: %clang -fplugin=%plugin -fpass-plugin=%plugin -g -O2 -DUNMARKED -S \
// RUN:   -emit-llvm %s -o - | FileCheck --check-prefix=DELETED %s
// RUN: %clang -fplugin=%plugin -fpass-plugin=%plugin -g -O2 -DUNMARKED -S \
// RUN:   -mllvm -profile-memory-opaque-allocations -emit-llvm %s -o - \
// RUN:   | FileCheck --check-prefix=OPAQUE %s
#include <stdlib.h>
#ifndef UNMARKED
__attribute__((annotate("profile")))
#endif
void pair(void) {
  free(malloc(10));
}

// clang-format off
// CHECK-LABEL: define dso_local void @pair()
//  CHECK-NOT:  call {{.*}}@malloc
// CHECK-LABEL: define internal {{(fastcc )?}}void @pair.memprof()
//      CHECK:  [[BLOCK:%[0-9]+]] = {{.*}}call {{.*}}@malloc(i64 noundef 10)
//      CHECK:  br i1
//      CHECK:  call void @__memprofpass_allocated({{.*}} [[BLOCK]], i64 10)
//      CHECK:  br i1
//      CHECK:  call void @__memprofpass_freed({{.*}} [[BLOCK]])
//      CHECK:  call void @free({{.*}} [[BLOCK]])
// DELETED-LABEL: define dso_local void @pair()
// DELETED-NOT: call
// DELETED: ret void
// OPAQUE-LABEL: define dso_local void @pair()
// OPAQUE: call {{.*}}@malloc
// OPAQUE: call void @free
