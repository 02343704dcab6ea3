/* gate.h - what an entry point asks first, in the executable too: whether an
 * address may be that of a tracked block; and whether we count.
 *
 * Most releases are of blocks that are not ours, and their memory is often cold.
 * So the question is answered without looking at it, nor at anything that
 * belongs to it: one byte stands for a page of 4 KiB, and is set when the first
 * block is entered there. A heap of 1 GiB needs 256 KiB of bytes, which stay in
 * the cache. Pages that are 16 GiB apart share a byte: "maybe" is asked again
 * (blocks.h), "no" is final. NULL is in a page like any other.
 */
#ifndef MPRT_GATE_H
#define MPRT_GATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the awake word says. */
enum mprt_awake {
  MPRT_FORKED, /* wiped: a child, however made, that is not armed again yet */
  MPRT_ASLEEP,
  MPRT_TESTING, /* the self-test runs: events are its own */
  MPRT_YOUNG,   /* a child that is armed and has counted nothing yet */
  MPRT_AWAKE,
  /* The same, and what a thread allocates while it is in no marked call is
   * nobody's: no stack but the threads' own has marked calls, the rest of the
   * process is not counted, and nobody asks which entry point a thread is in. */
  MPRT_AWAKE_PLAIN
};

/* Both behind one pointer. */
struct mprt_gate {
  _Atomic uint32_t awake;              /* the awake word: enum mprt_awake */
  _Alignas(64) _Atomic uint8_t seen[]; /* [MPRT_SEEN_PAGES]; not in the one
                                          that is asleep for good */
};
#define MPRT_SEEN_PAGES (1u << 22)

static inline enum mprt_awake mprt_gate_awake(const struct mprt_gate *gate) {
  return (enum mprt_awake)atomic_load_explicit(&gate->awake,
                                               memory_order_relaxed);
}

static inline size_t mprt_seen_place(uintptr_t address) {
  return address >> 12 & (MPRT_SEEN_PAGES - 1);
}

/* While awake. */
static inline bool mprt_gate_may_hold(const struct mprt_gate *gate,
                                      const void *block) {
  return atomic_load_explicit(&gate->seen[mprt_seen_place((uintptr_t)block)],
                              memory_order_relaxed) != 0;
}

#endif
