/* blocks.c - the map of blocks: making its pages, and blocks that are rare.
 * blocks.h says how it is laid out. */
#include "blocks.h"
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

mprt_page *_Atomic *mprt_blocks_top;

static _Atomic uint32_t map_lock;
static struct mprt_leaf *leaf_next, *leaf_end;
static bool first_leaves = true;

/* ---- The side table ---- */

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

MPRT_COLD mprt_block mprt_blocks_take_side(enum mprt_owner owner,
                                           uintptr_t address) {
  mprt_block found = 0;
  if (side_count == 0 || !mprt_lock(&side_lock))
    return 0;
  for (uint32_t i = 1; i < side_capacity && !found; i++)
    if (side[i].address == address && side[i].owner == owner) {
      side[i].address = 0;
      side_count--;
      found = side_block(i);
    }
  mprt_unlock(&side_lock);
  return found;
}

static void say_no_memory(void) {
  static _Atomic bool said;
  if (!atomic_exchange(&said, true))
    mprt_message("no memory for the map of blocks: some are not counted");
}

/* Slots are used in turn: who takes a block out reads it after the lock was
 * given up. */
static bool side_put(enum mprt_owner owner, uintptr_t address, memprof_ref line,
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
    side[side_cursor].owner = owner;
    side[side_cursor].address = address;
    side_count++;
  }
  mprt_unlock(&side_lock);
  if (!room)
    say_no_memory();
  return room;
}

/* ---- Pages of the map ---- */

void mprt_blocks_forked(void) {
  leaf_next = leaf_end = NULL;
  first_leaves = true;
  side = NULL;
  side_capacity = side_cursor = 0;
  side_count = 0;
}

static void leaves_forget(mprt_page *directory) {
  for (size_t i = 0; i < MPRT_LEVEL_SIZE; i++) {
    struct mprt_leaf *leaf = directory[i];
    for (size_t k = 0; leaf && k < MPRT_CELLS + 1; k++)
      atomic_store_explicit(&leaf->cells[k], 0, memory_order_relaxed);
  }
}

void mprt_blocks_forget(void) {
  for (size_t i = 0; i < MPRT_OWNERS * 2 * MPRT_LEVEL_SIZE; i++)
    if (mprt_blocks_top[i])
      leaves_forget(mprt_blocks_top[i]);
  if (!mprt_lock(&side_lock))
    return;
  for (uint32_t i = 0; i < side_capacity; i++)
    side[i].address = 0;
  side_count = 0;
  mprt_unlock(&side_lock);
}

bool mprt_blocks_init(void) {
  if (!mprt_blocks_top)
    mprt_blocks_top = mprt_pages_of_process(MPRT_OWNERS * 2 * MPRT_LEVEL_SIZE *
                                            sizeof *mprt_blocks_top);
  return mprt_blocks_top != NULL;
}

/* Memory for leaves. After the first ones, huge pages where the system has
 * them: a heap's leaves are read at random. */
static bool leaves_more(void) {
  size_t huge = (size_t)2 << 20;
  size_t size = first_leaves ? huge / 8 : 4 * huge;
  char *memory = mprt_pages_of_process(first_leaves ? size : size + huge);
  if (!memory)
    return false;
  if (!first_leaves) {
    int kept = errno;
    memory += -(uintptr_t)memory & (huge - 1);
    madvise(memory, size, MADV_HUGEPAGE);
    errno = kept;
  }
  first_leaves = false;
  leaf_next = (struct mprt_leaf *)memory;
  leaf_end = leaf_next + size / sizeof *leaf_next;
  return true;
}

/* The cell of a regular address, made if need be; NULL without memory. */
static mprt_cell *cell_make(enum mprt_owner owner, uintptr_t address) {
  if (!mprt_lock(&map_lock))
    return NULL;
  struct mprt_leaf *leaf = NULL;
  mprt_page *_Atomic *top = mprt_blocks_directory(owner, address);
  mprt_page *directory = atomic_load_explicit(top, memory_order_relaxed);
  if (!directory &&
      (directory = mprt_pages_of_process(MPRT_LEVEL_SIZE * sizeof *directory)))
    atomic_store_explicit(top, directory, memory_order_release);
  if (directory) {
    mprt_page *page = &directory[mprt_blocks_page(address)];
    leaf = atomic_load_explicit(page, memory_order_relaxed);
    if (!leaf && (leaf_next < leaf_end || leaves_more())) {
      leaf = leaf_next++;
      atomic_store_explicit(page, leaf, memory_order_release);
    }
  }
  mprt_unlock(&map_lock);
  if (!leaf)
    say_no_memory();
  return leaf ? &leaf->cells[address >> 4 & (MPRT_CELLS - 1)] : NULL;
}

/* ---- Blocks that are rare ---- */

/* What stands in the way of a new block: one at the same address, or one that
 * covers the address with its second cell. */
static mprt_block cell_clear(enum mprt_owner owner, mprt_cell *at,
                             uintptr_t address) {
  uint32_t value = atomic_load_explicit(at, memory_order_relaxed);
  if (!(value & MPRT_CELL_MORE))
    return mprt_cell_take(owner, at, address);
  mprt_block stale = mprt_blocks_take_of(owner, (void *)(address - 16));
  atomic_store_explicit(at, 0, memory_order_relaxed);
  return stale;
}

MPRT_COLD mprt_block mprt_blocks_put_slow(enum mprt_owner owner,
                                          uintptr_t address, memprof_ref line,
                                          size_t size) {
  if (!mprt_blocks_is_regular(address)) {
    mprt_block stale = mprt_blocks_take_side(owner, address);
    return side_put(owner, address, line, size) ? stale : MPRT_BLOCK_LOST;
  }
  mprt_cell *at = mprt_blocks_cell(owner, address);
  if (!at && !(at = cell_make(owner, address)))
    return MPRT_BLOCK_LOST;
  mprt_block stale = cell_clear(owner, at, address);
  uint32_t place = line / MPRT_LINE_UNIT;
  if (size > MPRT_CELL_LARGE_MAX || line % MPRT_LINE_UNIT ||
      place > MPRT_CELL_LINE) {
    if (!side_put(owner, address, line, size))
      return MPRT_BLOCK_LOST;
    atomic_store_explicit(at, MPRT_CELL_LARGE, memory_order_release);
    return stale;
  }
  if (size <= MPRT_CELL_SMALL_MAX) {
    atomic_store_explicit(at, place | (uint32_t)size << 24,
                          memory_order_release);
    return stale;
  }
  /* a second one in the way is lost uncounted: one can be handed out */
  mprt_block covered = mprt_cell_take(owner, at + 1, address + 16);
  atomic_store_explicit(at + 1, (uint32_t)size | MPRT_CELL_MORE,
                        memory_order_relaxed);
  atomic_store_explicit(at, place | MPRT_CELL_LARGE, memory_order_release);
  return stale ? stale : covered;
}
