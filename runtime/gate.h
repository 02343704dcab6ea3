/* gate.h - what an entry point asks first, in the executable too: whether we
 * count, and whether an address may be that of a tracked block.
 *
 * Most releases are of blocks that are not ours, and their memory is often cold.
 * So the question is answered without looking at it, nor at anything that
 * belongs to it: one bit stands for a page of 4 KiB, and is set when the first
 * block is entered there. A heap of 1 GiB needs 32 KiB of bits, which stay in
 * the cache. Pages that are 16 GiB apart share a bit: "maybe" is asked again
 * (blocks.h), "no" is final. NULL is in a page like any other.
 */
#ifndef MPRT_GATE_H
#define MPRT_GATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* What the awake word says. Entry points ask only whether it is asleep. */
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

/* Both behind one pointer, which an entry point loads once. */
struct mprt_gate {
  _Atomic uint32_t awake;               /* the awake word: enum mprt_awake */
  _Alignas(64) _Atomic uint32_t seen[]; /* [MPRT_SEEN_WORDS]; not in the one
                                           that is asleep for good */
};
#define MPRT_SEEN_WORDS (1u << 17)

static inline enum mprt_awake mprt_gate_awake(const struct mprt_gate *gate) {
  return (enum mprt_awake)atomic_load_explicit(&gate->awake,
                                               memory_order_relaxed);
}

/* Counted in bytes: one instruction less. */
static inline const _Atomic uint32_t *
mprt_seen_word(const struct mprt_gate *gate, uintptr_t address) {
  uintptr_t offset = address >> 15 & (MPRT_SEEN_WORDS - 1) * sizeof *gate->seen;
  return (const void *)((const unsigned char *)gate->seen + offset);
}

static inline uint32_t mprt_seen_bit(uintptr_t address) {
  return UINT32_C(1) << (address >> 12 & 31);
}

/* While awake. */
static inline bool mprt_gate_may_hold(const struct mprt_gate *gate,
                                      const void *block) {
  uintptr_t address = (uintptr_t)block;
  uint32_t word =
      atomic_load_explicit(mprt_seen_word(gate, address), memory_order_relaxed);
  return (word & mprt_seen_bit(address)) != 0;
}

#endif
