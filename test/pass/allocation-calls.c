// What the pass tells of each allocation call: the block and the bytes that
// were asked for, in a block that runs only when the hooks count. None of these
// calls is a builtin any more.
//
// RUN: %clang -g -O0 -Xclang -disable-O0-optnone -S -emit-llvm %s -o - \
// RUN:   | %opt -load-pass-plugin=%plugin -passes=profile-memory,verify -S \
// RUN:   | FileCheck %s
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#define MARK __attribute__((annotate("profile")))
void *pool_get(size_t) __attribute__((malloc, alloc_size(1)));
void *pool_grow(void *, size_t) __attribute__((alloc_size(2)));
// clang-format off

// CHECK-LABEL: define internal {{.*}}@two_factors.memprof(
// CHECK: [[BLOCK:%[0-9]+]] = call {{.*}}@calloc(i64 noundef [[A:.*]], i64 noundef [[B:.*]]) [[OPAQUE:#[0-9]+]]
// CHECK: [[DIRECT:%[0-9]+]] = load i8, {{i8\*|ptr}} @__memprofpass_direct, align 1{{.*}}!nosanitize
// CHECK: [[COUNTS:%[0-9]+]] = icmp ne i8 [[DIRECT]], 0
// CHECK: br i1 [[COUNTS]], label %memprof.direct, label %memprof.go.on,{{.*}} !prof [[HARDLY:![0-9]+]]
// CHECK: memprof.direct:
// CHECK: [[BYTES:%[0-9]+]] = mul i64 [[A]], [[B]]
// CHECK: call void @__memprofpass_allocated({{.*}} [[BLOCK]], i64 [[BYTES]])
// CHECK: br label %memprof.go.on
// CHECK: memprof.go.on:
MARK void *two_factors(size_t a, size_t b) { return calloc(a, b); }

// CHECK-LABEL: define internal {{.*}}@aligned.memprof(
// CHECK: [[BLOCK:%[0-9]+]] = call {{.*}}@aligned_alloc(i64 noundef 64, i64 noundef [[A:.*]])
// CHECK: call void @__memprofpass_allocated({{.*}} [[BLOCK]], i64 [[A]])
MARK void *aligned(size_t a) { return aligned_alloc(64, a); }

// CHECK-LABEL: define internal {{.*}}@through_pointer.memprof(
// CHECK: [[FAILED:%[0-9]+]] = call i32 @posix_memalign({{.*}} [[TO:%[a-z0-9.]+]], i64 noundef 64, i64 noundef 100)
// CHECK: memprof.direct:
// CHECK: [[STORED:%[0-9]+]] = load {{.*}} [[TO]]{{.*}}!nosanitize
// CHECK: [[OK:%[0-9]+]] = icmp eq i32 [[FAILED]], 0
// CHECK: [[BLOCK:%[0-9]+]] = select i1 [[OK]], {{i8\*|ptr}} [[STORED]], {{i8\*|ptr}} null
// CHECK: call void @__memprofpass_allocated({{.*}} [[BLOCK]], i64 100)
MARK int through_pointer(void **to) { return posix_memalign(to, 64, 100); }

// CHECK-LABEL: define internal {{.*}}@copy.memprof(
// CHECK: [[BLOCK:%[0-9]+]] = call {{.*}}@strdup({{.*}} [[FROM:%[0-9]+]])
// CHECK: memprof.direct:
// CHECK: [[LENGTH:%[0-9]+]] = call i64 @strlen({{.*}} [[FROM]])
// CHECK: [[BYTES:%[0-9]+]] = add i64 [[LENGTH]], 1
// CHECK: call void @__memprofpass_allocated({{.*}} [[BLOCK]], i64 [[BYTES]])
MARK char *copy(const char *text) { return strdup(text); }

// CHECK-LABEL: define internal {{.*}}@part.memprof(
// CHECK: call i64 @strnlen({{.*}}, i64 {{.*}})
// CHECK: call void @__memprofpass_allocated(
MARK char *part(const char *text, size_t n) { return strndup(text, n); }

// CHECK-LABEL: define internal {{.*}}@again.memprof(
// CHECK: memprof.direct:
// CHECK: [[RESULT:%[0-9]+]] = call i64 @__memprofpass_reallocating({{.*}} [[OLD:%[0-9]+]])
// CHECK: memprof.go.on:
// CHECK: [[TOKEN:%[0-9]+]] = phi i64 [ 0, %{{[0-9]+}} ], [ [[RESULT]], %memprof.direct ]
// CHECK: [[NEW:%[0-9]+]] = call {{.*}}@reallocarray({{.*}} [[OLD]], i64 noundef [[A:.*]], i64 noundef [[B:.*]]) #
// CHECK: br i1 {{.*}}, label %[[SECOND:memprof.direct[0-9]+]], label
// CHECK: [[SECOND]]:
// CHECK: [[BYTES:%[0-9]+]] = mul i64 [[A]], [[B]]
// CHECK: call void @__memprofpass_reallocated(i64 [[TOKEN]], {{.*}} [[OLD]], {{.*}} [[NEW]], i64 [[BYTES]])
MARK void *again(void *old, size_t a, size_t b) { return reallocarray(old, a, b); }

// CHECK-LABEL: define internal {{.*}}@pooled.memprof(
// CHECK: [[BLOCK:%[0-9]+]] = call {{.*}}@pool_get(i64 noundef 48)
// CHECK: call void @__memprofpass_allocated({{.*}} [[BLOCK]], i64 48)
// CHECK-NOT: memprofpass_{{.*}}alloc
MARK void *pooled(void) { return pool_grow(pool_get(48), 96); }

// A malloc of the file's own is an ordinary function.
// CHECK-LABEL: define internal {{.*}}@own.memprof(
// CHECK-NOT: memprofpass_allocated
// CHECK: attributes [[OPAQUE]] = {{.*}}nobuiltin
// CHECK: [[HARDLY]] = !{!"branch_weights", i32 1, i32 1048575}
static void *valloc_(size_t n) __asm__("memalign");
static void *valloc_(size_t n) { return (void *)n; }
MARK void *own(size_t n) { return valloc_(n); }
