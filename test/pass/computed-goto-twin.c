// A computed goto whose labels stay inside the call has a twin, which jumps
// through a table of its own, and the sleeping loop has no counters. A label
// that outlives the call could come back in the other body: that function
// counts in place.
//
// RUN: %clang -g -O0 -Xclang -disable-O0-optnone -S -emit-llvm %s -o - \
// RUN:   | %opt -load-pass-plugin=%plugin -passes=profile-memory,verify -S \
// RUN:   | FileCheck %s
// clang-format off
__attribute__((annotate("profile"))) int by_address(const char *code) {
  static const void *const table[] = {&&stop, &&one};
  const void *label = table[(int)*code++];
  int n = 0;
  goto *label;
one: n += 1; goto *table[(int)*code++];
stop: return n;
}

__attribute__((annotate("profile"))) int by_distance(const char *code) {
  static int table[] = {&&stop - &&stop, &&one - &&stop};
  int n = 0;
  goto *(&&stop + table[(int)*code++]);
one: n += 1; goto *(&&stop + table[(int)*code++]);
stop: return n;
}

__attribute__((annotate("profile"))) int kept(int n) {
  static void *next;
  if (next)
    goto *next;
  next = &&again;
again: return n;
}

__attribute__((annotate("profile"))) int written(int n) {
  static void *table[1];
  table[0] = &&again;
  goto *table[n];
again: return n;
}

//      CHECK: @by_address.table = internal constant {{.*}} blockaddress(@by_address, %{{.*}}blockaddress(@by_address, %
//      CHECK: @by_distance.table = internal {{.*}}blockaddress(@by_distance, %
//  CHECK-DAG: @by_address.table.memprof = internal constant {{.*}} blockaddress(@by_address.memprof, %{{.*}}blockaddress(@by_address.memprof, %
//  CHECK-DAG: @by_distance.table.memprof = internal {{.*}}blockaddress(@by_distance.memprof, %

// CHECK-LABEL: define {{.*}} @by_address(
//   CHECK-NOT: __memprofpass_{{enter|exit}}
//       CHECK: @by_address.table,
//       CHECK: indirectbr
// CHECK-LABEL: define {{.*}} @by_distance(
//   CHECK-NOT: __memprofpass_{{enter|exit}}
//       CHECK: blockaddress(@by_distance, %
// CHECK-LABEL: define {{.*}} @kept(
//       CHECK: call {{.*}} @__memprofpass_enter(
// CHECK-LABEL: define {{.*}} @written(
//       CHECK: call {{.*}} @__memprofpass_enter(

// CHECK-LABEL: define internal {{.*}} @by_address.memprof(
//   CHECK-NOT: @by_address.table,
//       CHECK: @by_address.table.memprof,
//   CHECK-NOT: @by_address.table,
//       CHECK: indirectbr
// CHECK-LABEL: define internal {{.*}} @by_distance.memprof(
//   CHECK-NOT: blockaddress(@by_distance,
//       CHECK: {{^}}}
