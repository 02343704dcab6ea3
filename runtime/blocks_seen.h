/* blocks_seen.h - whether an address may be that of a tracked block: what an
 * entry point asks first, in the executable too.
 *
 * Most releases are of blocks that are not ours, and their memory is often cold.
 * So the question is answered without looking at it, nor at anything that
 * belongs to it: one bit stands for a page of 4 KiB, and is set when the first
 * block is entered there. A heap of 1 GiB needs 32 KiB of bits, which stay in
 * the cache. Pages that are 16 GiB apart share a bit: "maybe" is asked again
 * (blocks.h), "no" is final.
 */
#ifndef MPRT_BLOCKS_SEEN_H
#define MPRT_BLOCKS_SEEN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define MPRT_SEEN_WORDS (1u << 17)

/* [MPRT_SEEN_WORDS]; NULL asleep, wiped on fork. */
extern _Atomic uint32_t *_Atomic __memprofpass_seen
    __attribute__((visibility("default")));

static inline _Atomic uint32_t *mprt_seen_word(uintptr_t address) {
  return atomic_load_explicit(&__memprofpass_seen, memory_order_relaxed) +
         (address >> 17 & (MPRT_SEEN_WORDS - 1));
}

static inline uint32_t mprt_seen_bit(uintptr_t address) {
  return UINT32_C(1) << (address >> 12 & 31);
}

/* While awake. */
static inline bool mprt_blocks_may_hold(const void *block) {
  uintptr_t address = (uintptr_t)block;
  return (atomic_load_explicit(mprt_seen_word(address), memory_order_relaxed) &
          mprt_seen_bit(address)) != 0;
}

/* Before a block is released: what the allocator keeps in front of it is read
 * next, so let both misses come at once. */
static inline void mprt_blocks_prefetch(const void *block) {
  __builtin_prefetch((const char *)block - 16);
}

#endif
