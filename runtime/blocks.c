/* blocks.c - from a block's address to the line that allocated it and its size.
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
 * own. Only the block's owner touches its cells, so plain relaxed loads and
 * stores do; `release` and `acquire` carry the line record's constant fields to
 * the thread that releases the block.
 */
#include "runtime.h"
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#define ADDRESS_BITS 48
#define PAGE_BITS 12
#define LEVEL_BITS 18 /* of the page's number, in each of the two levels */
#define LEVEL_SIZE ((size_t)1 << LEVEL_BITS)
#define CELLS 256 /* of 16 bytes in a page */

#define CELL_MORE 0x80000000u /* the second cell of a block: the size */
#define CELL_LINE 0x00ffffffu
#define CELL_LARGE 0x7f000000u /* size field: look at the next cell */
#define SMALL_MAX 125
#define LARGE_MAX 0x7fffffffu
#define LINE_UNIT (MPRT_RECORD_ALIGN / MEMPROF_UNIT)

typedef _Atomic uint32_t cell;

struct leaf {
  cell cells[CELLS + 1]; /* one more for a large block in the last place */
  uint32_t unused[3];
};
typedef struct leaf *_Atomic page;

/* [2 * LEVEL_SIZE]: blocks at 0 modulo 16, then those at 8 modulo 16. */
static page *_Atomic *top;

static _Atomic uint32_t map_lock;
static struct leaf *leaf_next, *leaf_end;
static bool first_leaves = true;

/* ---- The side table: a handful of odd blocks, behind a lock ---- */

static struct mprt_side_block *_Atomic side;
static _Atomic uint32_t side_count; /* blocks in it */
static uint32_t side_capacity, side_cursor;
static _Atomic uint32_t side_lock;

const struct mprt_side_block *mprt_blocks_side(mprt_block block) {
  return &side[block];
}

static bool side_grow(void) {
  uint32_t wanted = side_capacity ? 2 * side_capacity : 1024;
  struct mprt_side_block *larger = mprt_pages(wanted * sizeof *larger);
  if (!larger)
    return false;
  if (side_capacity)
    memcpy(larger, side, side_capacity * sizeof *larger);
  side = larger;
  side_capacity = wanted;
  return true;
}

static mprt_block side_block(uint32_t index) {
  uint64_t line = side[index].line, size = side[index].size;
  if (line >> (64 - MPRT_BLOCK_SIZE_BITS) || size >> MPRT_BLOCK_SIZE_BITS)
    return index;
  return line << MPRT_BLOCK_SIZE_BITS | size;
}

MPRT_COLD static mprt_block side_take(uintptr_t address) {
  mprt_block found = 0;
  if (side_count == 0 || !mprt_lock(&side_lock))
    return 0;
  for (uint32_t i = 1; i < side_capacity && !found; i++)
    if (side[i].address == address) {
      side[i].address = 0;
      side_count--;
      found = side_block(i);
    }
  mprt_unlock(&side_lock);
  return found;
}

/* Slots are used in turn: the caller of side_take() reads its block after the
 * lock was given up. */
MPRT_COLD static bool side_put(uintptr_t address, memprof_ref line,
                               uint64_t size) {
  if (!mprt_lock(&side_lock))
    return false;
  bool room = 2 * (side_count + 1) < side_capacity || side_grow();
  if (room) {
    do
      side_cursor = side_cursor + 1 < side_capacity ? side_cursor + 1 : 1;
    while (side[side_cursor].address);
    side[side_cursor].size = size;
    side[side_cursor].line = line;
    side[side_cursor].address = address;
    side_count++;
  }
  mprt_unlock(&side_lock);
  return room;
}

/* ---- The map ---- */

static size_t top_index(uintptr_t address) {
  return (size_t)(address >> 3 & 1) << LEVEL_BITS |
         (size_t)((uint64_t)address >> (PAGE_BITS + LEVEL_BITS));
}

static size_t page_index(uintptr_t address) {
  return address >> PAGE_BITS & (LEVEL_SIZE - 1);
}

/* Whether the map's cells can hold the address. */
static bool is_regular(uintptr_t address) {
  return ((address & 7) | (uint64_t)address >> ADDRESS_BITS) == 0;
}

bool mprt_blocks_init(void) {
  if (!top)
    top = mprt_pages(2 * LEVEL_SIZE * sizeof *top);
  return top != NULL;
}

/* Memory for leaves. After the first ones, huge pages where the system has
 * them: a heap's leaves are read at random. */
static bool leaves_more(void) {
  size_t huge = (size_t)2 << 20;
  size_t size = first_leaves ? huge / 8 : 4 * huge;
  char *memory = mprt_pages(first_leaves ? size : size + huge);
  if (!memory)
    return false;
  if (!first_leaves) {
    int kept = errno;
    memory += -(uintptr_t)memory & (huge - 1);
    madvise(memory, size, MADV_HUGEPAGE);
    errno = kept;
  }
  first_leaves = false;
  leaf_next = (struct leaf *)memory;
  leaf_end = leaf_next + size / sizeof *leaf_next;
  return true;
}

static void say_no_memory(void) {
  static _Atomic bool said;
  if (!atomic_exchange(&said, true))
    mprt_message("no memory for the map of blocks: some releases will not be "
                 "seen");
}

MPRT_COLD static struct leaf *leaf_make(uintptr_t address) {
  if (!mprt_lock(&map_lock))
    return NULL;
  struct leaf *leaf = NULL;
  page *directory =
      atomic_load_explicit(&top[top_index(address)], memory_order_relaxed);
  if (!directory && (directory = mprt_pages(LEVEL_SIZE * sizeof *directory)))
    atomic_store_explicit(&top[top_index(address)], directory,
                          memory_order_release);
  if (directory) {
    page *place = &directory[page_index(address)];
    leaf = atomic_load_explicit(place, memory_order_relaxed);
    if (!leaf && (leaf_next < leaf_end || leaves_more())) {
      leaf = leaf_next++;
      atomic_store_explicit(place, leaf, memory_order_release);
    }
  }
  mprt_unlock(&map_lock);
  if (!leaf)
    say_no_memory();
  return leaf;
}

static inline cell *cell_find(uintptr_t address) {
  page *directory =
      atomic_load_explicit(&top[top_index(address)], memory_order_acquire);
  if (!directory)
    return NULL;
  struct leaf *leaf = atomic_load_explicit(&directory[page_index(address)],
                                           memory_order_acquire);
  return leaf ? &leaf->cells[address >> 4 & (CELLS - 1)] : NULL;
}

/* The block that begins at the cell, taken out; 0 if none does. */
static inline mprt_block cell_take(cell *at, uintptr_t address) {
  uint32_t value = atomic_load_explicit(at, memory_order_acquire);
  if (value == 0 || value & CELL_MORE)
    return 0;
  atomic_store_explicit(at, 0, memory_order_relaxed);
  uint64_t line = (uint64_t)(value & CELL_LINE) * LINE_UNIT;
  if (value < CELL_LARGE)
    return line << MPRT_BLOCK_SIZE_BITS | value >> 24;
  if (MPRT_UNLIKELY(line == 0))
    return side_take(address);
  uint32_t size = atomic_load_explicit(at + 1, memory_order_relaxed);
  atomic_store_explicit(at + 1, 0, memory_order_relaxed);
  return line << MPRT_BLOCK_SIZE_BITS | (size & ~CELL_MORE);
}

mprt_block mprt_blocks_take(const void *block) {
  uintptr_t address = (uintptr_t)block;
  if (MPRT_UNLIKELY(!is_regular(address)))
    return side_take(address);
  cell *at = cell_find(address);
  return at ? cell_take(at, address) : 0;
}

/* What stands in the way of a new block: one at the same address, or one that
 * covers the address with its second cell. */
MPRT_COLD static mprt_block cell_clear(cell *at, uintptr_t address) {
  if (!(atomic_load_explicit(at, memory_order_relaxed) & CELL_MORE))
    return cell_take(at, address);
  mprt_block stale = mprt_blocks_take((void *)(address - 16));
  atomic_store_explicit(at, 0, memory_order_relaxed);
  return stale;
}

mprt_block mprt_blocks_put(const void *block, memprof_ref line, size_t size) {
  uintptr_t address = (uintptr_t)block;
  mprt_block stale = 0;
  if (MPRT_UNLIKELY(!is_regular(address))) {
    stale = side_take(address);
    if (!side_put(address, line, size))
      say_no_memory();
    return stale;
  }
  cell *at = cell_find(address);
  if (MPRT_UNLIKELY(!at)) {
    struct leaf *leaf = leaf_make(address);
    if (!leaf)
      return 0;
    at = &leaf->cells[address >> 4 & (CELLS - 1)];
  }
  if (MPRT_UNLIKELY(atomic_load_explicit(at, memory_order_relaxed)))
    stale = cell_clear(at, address);
  uint32_t place = line / LINE_UNIT, value = place | (uint32_t)size << 24;
  if (MPRT_UNLIKELY(size > LARGE_MAX || place > CELL_LINE ||
                    line % LINE_UNIT)) {
    if (!side_put(address, line, size)) {
      say_no_memory();
      return stale;
    }
    value = CELL_LARGE;
  } else if (size > SMALL_MAX) {
    value = place | CELL_LARGE;
    uint32_t covered = atomic_load_explicit(at + 1, memory_order_relaxed);
    if (MPRT_UNLIKELY(covered && !stale))
      stale = cell_take(at + 1, address + 16);
    atomic_store_explicit(at + 1, (uint32_t)size | CELL_MORE,
                          memory_order_relaxed);
  }
  atomic_store_explicit(at, value, memory_order_release);
  return stale;
}
