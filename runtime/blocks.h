/* blocks.h - from a block's address to the line that allocated it and its size.
 *
 * Two questions. Does a tracked block begin anywhere in this page? That is a byte
 * (gate.h), which answers for most blocks that are not ours. If so, does
 * one begin here? That stands in a shadow of the memory: for each region of
 * 256 MiB that has tracked blocks, 32 MiB of reserved address space, of which
 * as much is used as there are pages with tracked blocks. A granule of 32 bytes
 * has a cell of 32 bits:
 *
 *     0                            nothing was ever entered in this page
 *     1                            no block begins here
 *     line:24 size:6 half:1 0      a block of up to 62 bytes
 *     line:24  63:6  half:1 0      a larger one: it covers the next cell too,
 *     size:31 1                    which holds its size
 *        0:24  63:6  half:1 0      what does not fit: in the side table
 *
 * `line` is a LINE record's place in units of MPRT_RECORD_ALIGN, never 0; `half`
 * is bit 4 of the address. A smaller block may end where its granule does, so
 * the next cell is not its own: all of its line has to stand in one. A cell is
 * for one block, and the blocks of most
 * allocators may be closer to each other than that: then the addresses that
 * differ in their bits 3 and 4 have shadows of their own. glibc's malloc keeps
 * 32 bytes between its blocks (on 64 bits), and there one shadow does. The
 * blocks of the program's own allocators have other shadows: the first block of
 * an arena lies where the arena's memory does, which is a block of malloc.
 *
 * Only the block's owner touches its cells, so plain relaxed loads and stores
 * do; `release` and `acquire` carry the line record's constant fields to the
 * thread that releases the block, and the page's byte to who enters a block in it
 * next. A cell that is not 0 is in a page whose byte is set, always.
 */
#ifndef MPRT_BLOCKS_H
#define MPRT_BLOCKS_H

#include "gate.h"
#include "runtime.h"

#pragma GCC visibility push(hidden)

/* A block that was taken out; 0 = none: size:32 line:24 and 8 bits of any kind.
 * With line 0 `size` is its place in the side table. */
typedef uint64_t mprt_block;

/* Not a block: there was no memory to enter one, or, in a signal handler, the
 * lock was ours already. */
#define MPRT_BLOCK_LOST UINT64_MAX

/* Whose blocks: one address may begin one of each. */
enum mprt_owner { MPRT_OF_MALLOC, MPRT_OF_PROGRAM, MPRT_OWNERS };

/* ---- Cells ---- */

typedef _Atomic uint32_t mprt_cell;

#define MPRT_GRANULE 32 /* bytes that have a cell */
#define MPRT_CELL_VACANT 1u
#define MPRT_CELL_MORE 1u /* no block begins here */
#define MPRT_CELL_HALF 2u
#define MPRT_CELL_SIZE_SHIFT 2
#define MPRT_CELL_LARGE 63u /* as a size: look at the next cell */
#define MPRT_CELL_LARGE_MAX 0x7fffffffu
#define MPRT_CELL_LINE_SHIFT 8
#define MPRT_LINE_UNIT (MPRT_RECORD_ALIGN / MEMPROF_UNIT)

/* ---- The side table: a handful of odd blocks, behind a lock ---- */

struct mprt_side_block {
  uintptr_t address; /* 0: free */
  uint64_t size;
  memprof_ref line;
  enum mprt_owner owner;
};

const struct mprt_side_block *mprt_blocks_side(mprt_block block);

/* Whether line and size stand in the word itself. */
static inline bool mprt_block_is_plain(mprt_block block) {
  return (uint32_t)block >= 1u << MPRT_CELL_LINE_SHIFT;
}

/* Of a plain one. */
static inline memprof_ref mprt_block_line_in(mprt_block block) {
  return ((memprof_ref)block >> MPRT_CELL_LINE_SHIFT) * MPRT_LINE_UNIT;
}

static inline memprof_ref mprt_block_line(mprt_block block) {
  return MPRT_LIKELY(mprt_block_is_plain(block))
             ? mprt_block_line_in(block)
             : mprt_blocks_side(block)->line;
}

static inline uint64_t mprt_block_size(mprt_block block) {
  return MPRT_LIKELY(mprt_block_is_plain(block))
             ? block >> 32
             : mprt_blocks_side(block)->size;
}

/* ---- Whether a page has blocks ---- */

static inline bool mprt_blocks_may_hold(const void *block) {
  return mprt_gate_may_hold(mprt_own_gate, block);
}

/* ---- Where a cell is ---- */

#if UINTPTR_MAX > UINT32_MAX
#define MPRT_ADDRESS_BITS 48
#else
#define MPRT_ADDRESS_BITS 32
#endif
#define MPRT_REGION_BITS 28
#define MPRT_REGIONS ((size_t)1 << (MPRT_ADDRESS_BITS - MPRT_REGION_BITS))
#define MPRT_CELLS (((size_t)1 << MPRT_REGION_BITS) / MPRT_GRANULE)
#define MPRT_SHADOWS 4 /* of a region, by bits 3 and 4 of the address */

/* Of each owner [MPRT_REGIONS][MPRT_SHADOWS]: where a shadow's cells are, less
 * what the address of a block in it contributes (mprt_turned); 0: there is none.
 * NULL: the program's own allocators have no blocks yet. */
extern _Atomic uintptr_t *_Atomic mprt_blocks_top[MPRT_OWNERS];

/* The address with its lowest three bits on top. Of a multiple of 8 the lowest
 * two bits choose the shadow, and all of it is a cell's offset: a cell of 4
 * bytes stands for 4 times 8 bytes. */
static inline uintptr_t mprt_turned(const void *block) {
  uintptr_t address = (uintptr_t)block;
  return address >> 3 | address << (sizeof address * 8 - 3);
}

/* Not so: unaligned, or too far up. Then the block is in the side table. */
static inline bool mprt_turned_is_regular(uintptr_t turned) {
  return turned >> (MPRT_REGION_BITS - 3) < MPRT_REGIONS;
}

static inline size_t mprt_turned_place(uintptr_t turned) {
  return (turned >> (MPRT_REGION_BITS - 3)) * MPRT_SHADOWS +
         (turned & (MPRT_SHADOWS - 1));
}

/* What is in that place of the top; 0 when the address is not regular, too. */
static inline uintptr_t mprt_blocks_shadow(enum mprt_owner owner,
                                           uintptr_t turned) {
  if (MPRT_UNLIKELY(!mprt_turned_is_regular(turned)))
    return 0;
  _Atomic uintptr_t *top =
      atomic_load_explicit(&mprt_blocks_top[owner], memory_order_relaxed);
  if (owner != MPRT_OF_MALLOC && !top)
    return 0;
  return atomic_load_explicit(&top[mprt_turned_place(turned)],
                              memory_order_acquire);
}

/* A line's place fits: it is a multiple of MPRT_LINE_UNIT in an image of at most
 * 1 GiB. */
static inline uint32_t mprt_cell_of(uintptr_t turned, memprof_ref line,
                                    uint32_t size) {
  return line * ((1u << MPRT_CELL_LINE_SHIFT) / MPRT_LINE_UNIT) +
         (size << MPRT_CELL_SIZE_SHIFT) + ((uint32_t)turned & MPRT_CELL_HALF);
}

/* What a cell has of a line. */
static inline uint32_t mprt_cell_of_line(memprof_ref line) {
  return mprt_cell_of(0, line, 0);
}

/* ---- Taking a block out ---- */

/* The same for what has no cell, or none with a line. */
mprt_block mprt_blocks_take_rare(enum mprt_owner owner, uintptr_t address);

enum mprt_taking { MPRT_OUT, MPRT_NOT_OURS, MPRT_OUT_RARELY };

/* Takes a block out of a page that may hold one, if that is done with a store or
 * two: then `*line` is a plain mprt_block but for its size. With MPRT_OUT_RARELY
 * nothing is done yet. */
static inline __attribute__((always_inline)) enum mprt_taking
mprt_blocks_try(enum mprt_owner owner, const void *block, uint32_t *line,
                uint32_t *size) {
  uintptr_t turned = mprt_turned(block);
  uintptr_t shadow = mprt_blocks_shadow(owner, turned);
  if (MPRT_UNLIKELY(!shadow))
    return MPRT_OUT_RARELY;
  mprt_cell *at = (mprt_cell *)(shadow + turned);
  uint32_t cell = atomic_load_explicit(at, memory_order_acquire);
  /* not a block, or the other half's */
  if ((cell ^ (turned & MPRT_CELL_HALF)) & (MPRT_CELL_HALF | MPRT_CELL_MORE))
    return MPRT_NOT_OURS;
  if (MPRT_UNLIKELY(cell < 1u << MPRT_CELL_LINE_SHIFT))
    return MPRT_OUT_RARELY;
  atomic_store_explicit(at, MPRT_CELL_VACANT, memory_order_relaxed);
  *size = cell >> MPRT_CELL_SIZE_SHIFT & MPRT_CELL_LARGE;
  *line = cell;
  if (*size == MPRT_CELL_LARGE) {
    *size = atomic_load_explicit(at + 1, memory_order_relaxed) >> 1;
    atomic_store_explicit(at + 1, MPRT_CELL_VACANT, memory_order_relaxed);
  }
  return MPRT_OUT;
}

static inline mprt_block mprt_block_from(uint32_t cell, uint32_t size) {
  return (uint64_t)size << 32 | cell;
}

static inline mprt_block mprt_block_of(memprof_ref line, uint32_t size) {
  return mprt_block_from(mprt_cell_of_line(line), size);
}

/* Takes a block out of a page that may hold one; 0 when it is not ours. */
static inline mprt_block mprt_blocks_take_seen(enum mprt_owner owner,
                                               const void *block) {
  uint32_t line, size;
  switch (mprt_blocks_try(owner, block, &line, &size)) {
  case MPRT_OUT:
    return mprt_block_from(line, size);
  case MPRT_NOT_OURS:
    return 0;
  default:
    return mprt_blocks_take_rare(owner, (uintptr_t)block);
  }
}

/* Takes a block out and returns it, 0 when it is not ours. */
static inline __attribute__((always_inline)) mprt_block
mprt_blocks_take_of(enum mprt_owner owner, const void *block) {
  return MPRT_UNLIKELY(mprt_blocks_may_hold(block))
             ? mprt_blocks_take_seen(owner, block)
             : 0;
}

static inline mprt_block mprt_blocks_take(const void *block) {
  return mprt_blocks_take_of(MPRT_OF_MALLOC, block);
}

/* ---- Entering one ---- */

/* What does not go into a vacancy. */
mprt_block mprt_blocks_put_slow(enum mprt_owner owner, const void *block,
                                memprof_ref line, size_t size);

/* Whether a block is entered with a store or two, and where: its page has cells,
 * nothing is in its way, and it fits. */
static inline __attribute__((always_inline)) bool
mprt_blocks_vacancy(enum mprt_owner owner, const void *block, size_t size,
                    mprt_cell **found) {
  uintptr_t turned = mprt_turned(block);
  uintptr_t shadow = mprt_blocks_shadow(owner, turned);
  mprt_cell *at = (mprt_cell *)(shadow + turned);
  if (MPRT_UNLIKELY(!shadow) ||
      MPRT_UNLIKELY(atomic_load_explicit(at, memory_order_acquire) !=
                    MPRT_CELL_VACANT))
    return false;
  if (size >= MPRT_CELL_LARGE &&
      (MPRT_UNLIKELY(size > MPRT_CELL_LARGE_MAX) ||
       MPRT_UNLIKELY(atomic_load_explicit(at + 1, memory_order_relaxed) !=
                     MPRT_CELL_VACANT)))
    return false;
  *found = at;
  return true;
}

/* The block is in the map from here on. line: mprt_cell_of_line. */
static inline void mprt_cell_put(mprt_cell *at, const void *block,
                                 uint32_t line, size_t size) {
  if (size >= MPRT_CELL_LARGE) {
    atomic_store_explicit(at + 1, (uint32_t)size << 1 | MPRT_CELL_MORE,
                          memory_order_relaxed);
    size = MPRT_CELL_LARGE;
  }
  atomic_store_explicit(
      at, line + mprt_cell_of(mprt_turned(block), 0, (uint32_t)size),
      memory_order_release);
}

/* Enters a block. Returns 0 as it should be, one whose release was not seen, if
 * it was in the way, or MPRT_BLOCK_LOST. */
static inline mprt_block mprt_blocks_put_of(enum mprt_owner owner,
                                            const void *block, memprof_ref line,
                                            size_t size) {
  mprt_cell *at;
  if (MPRT_UNLIKELY(!mprt_blocks_vacancy(owner, block, size, &at)))
    return mprt_blocks_put_slow(owner, block, line, size);
  mprt_cell_put(at, block, mprt_cell_of_line(line), size);
  return 0;
}

static inline mprt_block mprt_blocks_put(const void *block, memprof_ref line,
                                         size_t size) {
  return mprt_blocks_put_of(MPRT_OF_MALLOC, block, line, size);
}

/* Whether all blocks of malloc are 32 bytes apart. Constant from the first block
 * on; for the unit tests to set. */
extern bool mprt_blocks_are_sparse;

#pragma GCC visibility pop
#endif
