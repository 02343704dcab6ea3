/* blocks.h - from a block's address to the line that allocated it and its size.
 *
 * A two-level map of 4 KiB pages. Directory and leaf exist only where tracked
 * blocks lie, so that the release of a foreign block is mostly answered by one
 * or two loads from memory that stays in cache. A leaf has one 32-bit cell for
 * each 16 bytes of its page, a quarter of the page:
 *
 *     0                         no block begins here
 *     0 size:7 line:24          a block of up to 125 bytes
 *     0 127:7  line:24, 1 size:31   a larger one: it covers the next cell too
 *     0 127:7  0                what does not fit: in the side table
 *
 * `line` is a LINE record's place in units of MPRT_RECORD_ALIGN. Addresses that
 * are 8 modulo 16 (jemalloc and tcmalloc hand them out) have a map of their
 * own, and so have the blocks of the program's own allocators: the first block
 * of an arena lies where the arena's memory does, which is a block of malloc. Only the block's owner touches its cells, so plain relaxed loads and
 * stores do; `release` and `acquire` carry the line record's constant fields to
 * the thread that releases the block.
 */
#ifndef MPRT_BLOCKS_H
#define MPRT_BLOCKS_H

#include "runtime.h"

#pragma GCC visibility push(hidden)

/* A block: 28 bits of memprof_ref to its LINE record, 36 bits of size; 0 = no
 * block. Without a line it is the place of a block in the side table. */
typedef uint64_t mprt_block;

#define MPRT_BLOCK_SIZE_BITS 36
/* Not a block: there was no memory to enter one, or, in a signal handler, the
 * lock was ours already. */
#define MPRT_BLOCK_LOST UINT64_MAX

/* Whose blocks: one address may begin one of each. */
enum mprt_owner { MPRT_OF_MALLOC, MPRT_OF_PROGRAM, MPRT_OWNERS };

/* ---- The side table: a handful of odd blocks, behind a lock ---- */

struct mprt_side_block {
  uintptr_t address; /* 0: free */
  uint64_t size;
  memprof_ref line;
  enum mprt_owner owner;
};

const struct mprt_side_block *mprt_blocks_side(mprt_block block);

static inline memprof_ref mprt_block_line(mprt_block block) {
  memprof_ref line = (memprof_ref)(block >> MPRT_BLOCK_SIZE_BITS);
  return MPRT_LIKELY(line) ? line : mprt_blocks_side(block)->line;
}

static inline uint64_t mprt_block_size(mprt_block block) {
  if (MPRT_UNLIKELY(!(block >> MPRT_BLOCK_SIZE_BITS)))
    return mprt_blocks_side(block)->size;
  return block & ((UINT64_C(1) << MPRT_BLOCK_SIZE_BITS) - 1);
}

/* Whether line and size stand in the word itself. */
static inline bool mprt_block_is_plain(mprt_block block) {
  return block >> MPRT_BLOCK_SIZE_BITS != 0;
}

/* ---- The map ---- */

#define MPRT_ADDRESS_BITS 48
#define MPRT_PAGE_BITS 12
#define MPRT_LEVEL_BITS 18 /* of the page's number, in each of two levels */
#define MPRT_LEVEL_SIZE ((size_t)1 << MPRT_LEVEL_BITS)
#define MPRT_CELLS 256 /* of 16 bytes in a page */

#define MPRT_CELL_MORE 0x80000000u /* the second cell of a block: the size */
#define MPRT_CELL_LINE 0x00ffffffu
#define MPRT_CELL_LARGE 0x7f000000u /* size field: look at the next cell */
#define MPRT_CELL_SMALL_MAX 125
#define MPRT_CELL_LARGE_MAX 0x7fffffffu
#define MPRT_LINE_UNIT (MPRT_RECORD_ALIGN / MEMPROF_UNIT)

typedef _Atomic uint32_t mprt_cell;

struct mprt_leaf {
  mprt_cell cells[MPRT_CELLS + 1]; /* one more for a large block in the last
                                      place */
  uint32_t unused[3];
};
typedef struct mprt_leaf *_Atomic mprt_page;

/* [MPRT_OWNERS][2][MPRT_LEVEL_SIZE]: of each owner the blocks at 0 modulo 16,
 * then those at 8 modulo 16. */
extern mprt_page *_Atomic *mprt_blocks_top;

/* Whether the map's cells can hold the address. */
static inline bool mprt_blocks_is_regular(uintptr_t address) {
  return ((address & 7) | (uint64_t)address >> MPRT_ADDRESS_BITS) == 0;
}

static inline mprt_page *_Atomic *mprt_blocks_directory(enum mprt_owner owner,
                                                        uintptr_t address) {
  size_t map = (size_t)owner * 2 + (address >> 3 & 1);
  return &mprt_blocks_top[map << MPRT_LEVEL_BITS |
                          (size_t)((uint64_t)address >>
                                   (MPRT_PAGE_BITS + MPRT_LEVEL_BITS))];
}

static inline size_t mprt_blocks_page(uintptr_t address) {
  return address >> MPRT_PAGE_BITS & (MPRT_LEVEL_SIZE - 1);
}

/* The cell of a regular address; NULL when its page has none. */
static inline mprt_cell *mprt_blocks_cell(enum mprt_owner owner,
                                          uintptr_t address) {
  mprt_page *directory = atomic_load_explicit(
      mprt_blocks_directory(owner, address), memory_order_acquire);
  if (!directory)
    return NULL;
  struct mprt_leaf *leaf = atomic_load_explicit(
      &directory[mprt_blocks_page(address)], memory_order_acquire);
  return leaf ? &leaf->cells[address >> 4 & (MPRT_CELLS - 1)] : NULL;
}

/* The rest of take and put, for what is rare. */
mprt_block mprt_blocks_take_side(enum mprt_owner owner, uintptr_t address);
mprt_block mprt_blocks_put_slow(enum mprt_owner owner, uintptr_t address,
                                memprof_ref line, size_t size);

/* The block that begins at the cell, taken out; 0 if none does. */
static inline mprt_block mprt_cell_take(enum mprt_owner owner, mprt_cell *at,
                                        uintptr_t address) {
  uint32_t value = atomic_load_explicit(at, memory_order_acquire);
  if ((int32_t)value <= 0) /* 0, or MPRT_CELL_MORE */
    return 0;
  atomic_store_explicit(at, 0, memory_order_relaxed);
  uint64_t line = (uint64_t)(value & MPRT_CELL_LINE) * MPRT_LINE_UNIT;
  if (value < MPRT_CELL_LARGE)
    return line << MPRT_BLOCK_SIZE_BITS | value >> 24;
  if (MPRT_UNLIKELY(line == 0))
    return mprt_blocks_take_side(owner, address);
  uint32_t size = atomic_load_explicit(at + 1, memory_order_relaxed);
  atomic_store_explicit(at + 1, 0, memory_order_relaxed);
  return line << MPRT_BLOCK_SIZE_BITS | (size & ~MPRT_CELL_MORE);
}

/* Takes a block out and returns it, 0 when it is not ours. */
static inline mprt_block mprt_blocks_take_of(enum mprt_owner owner,
                                             const void *block) {
  uintptr_t address = (uintptr_t)block;
  if (MPRT_UNLIKELY(!mprt_blocks_is_regular(address)))
    return mprt_blocks_take_side(owner, address);
  mprt_cell *at = mprt_blocks_cell(owner, address);
  return MPRT_UNLIKELY(at != NULL) ? mprt_cell_take(owner, at, address) : 0;
}

static inline mprt_block mprt_blocks_take(const void *block) {
  return mprt_blocks_take_of(MPRT_OF_MALLOC, block);
}

/* Where a block is entered, if that is done with a store or two: its page has
 * cells, nothing is in its way, and it fits. Else NULL. */
static inline mprt_cell *mprt_blocks_vacancy(enum mprt_owner owner,
                                             const void *block,
                                             memprof_ref line, size_t size) {
  uintptr_t address = (uintptr_t)block;
  if (MPRT_UNLIKELY(!mprt_blocks_is_regular(address) ||
                    size > MPRT_CELL_LARGE_MAX || line % MPRT_LINE_UNIT ||
                    line / MPRT_LINE_UNIT > MPRT_CELL_LINE))
    return NULL;
  mprt_cell *at = mprt_blocks_cell(owner, address);
  if (MPRT_UNLIKELY(!at || atomic_load_explicit(at, memory_order_relaxed)))
    return NULL;
  if (size > MPRT_CELL_SMALL_MAX &&
      MPRT_UNLIKELY(atomic_load_explicit(at + 1, memory_order_relaxed)))
    return NULL;
  return at;
}

static inline void mprt_cell_put(mprt_cell *at, memprof_ref line, size_t size) {
  uint32_t place = line / MPRT_LINE_UNIT;
  if (size > MPRT_CELL_SMALL_MAX) {
    atomic_store_explicit(at + 1, (uint32_t)size | MPRT_CELL_MORE,
                          memory_order_relaxed);
    place |= MPRT_CELL_LARGE;
  } else {
    place |= (uint32_t)size << 24;
  }
  atomic_store_explicit(at, place, memory_order_release);
}

/* Enters a block. Returns 0 as it should be, one whose release was not seen, if
 * it was in the way, or MPRT_BLOCK_LOST. */
static inline mprt_block mprt_blocks_put_of(enum mprt_owner owner,
                                            const void *block, memprof_ref line,
                                            size_t size) {
  mprt_cell *at = mprt_blocks_vacancy(owner, block, line, size);
  if (MPRT_UNLIKELY(!at))
    return mprt_blocks_put_slow(owner, (uintptr_t)block, line, size);
  mprt_cell_put(at, line, size);
  return 0;
}

static inline mprt_block mprt_blocks_put(const void *block, memprof_ref line,
                                         size_t size) {
  return mprt_blocks_put_of(MPRT_OF_MALLOC, block, line, size);
}

#pragma GCC visibility pop
#endif
