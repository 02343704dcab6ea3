/* blocks.c - the map of blocks: making its shadows, and blocks that are rare.
 * blocks.h says how it is laid out. */
#define _GNU_SOURCE
#include "blocks.h"
#include "entry.h"
#include "object_at.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

_Atomic uintptr_t *_Atomic mprt_blocks_top[MPRT_OWNERS];
struct mprt_gate *mprt_own_gate;
bool mprt_blocks_are_sparse;

static _Atomic uint32_t map_lock;

/* All shadows that were made. Under the lock, but for the cells. */
struct shadow {
  mprt_cell *cells; /* wiped on fork */
  uint32_t pages;   /* of the region, in which blocks were entered */
};
static struct shadow *shadows;
static size_t shadow_count, shadow_capacity;

/* ---- The side table ---- */

static struct mprt_side_block *_Atomic side;
static _Atomic uint32_t side_count; /* blocks in it */
static uint32_t side_capacity, side_cursor;
static _Atomic uint32_t side_lock;

const struct mprt_side_block *mprt_blocks_side(mprt_block block) {
  return &side[block >> 32];
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

static mprt_block side_take(enum mprt_owner owner, uintptr_t address) {
  mprt_block found = 0;
  if (side_count == 0 || !mprt_lock(&side_lock))
    return 0;
  for (uint32_t i = 1; i < side_capacity && !found; i++)
    if (side[i].address == address && side[i].owner == owner) {
      side[i].address = 0;
      side_count--;
      found = (mprt_block)i << 32;
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

/* ---- Shadows ---- */

/* With the second cell of a block that begins in the region's last granule. */
#define SHADOW_SIZE ((MPRT_CELLS + 1) * sizeof(mprt_cell))
#define REGION_TURNED ((uintptr_t)1 << (MPRT_REGION_BITS - 3))
#define HUGE_PAGE ((uintptr_t)2 << 20)
/* With so many pages a region's heap is large, and its shadow read at random. */
#define HUGE_FROM 2048

static bool top_make(enum mprt_owner owner) {
  if (!mprt_blocks_top[owner])
    mprt_blocks_top[owner] =
        mprt_pages(MPRT_REGIONS * MPRT_SHADOWS * sizeof(uintptr_t));
  return mprt_blocks_top[owner] != NULL;
}

/* For the region that begins at `start`. */
static mprt_cell *cells_make(uintptr_t start) {
  for (;;) {
    uintptr_t memory =
        (uintptr_t)mprt_pages_of_process(SHADOW_SIZE + HUGE_PAGE);
    if (!memory)
      return NULL;
    memory = (memory + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
    if (memory != start) /* that would look like no shadow */
      return (mprt_cell *)memory;
  }
}

static bool shadow_make(enum mprt_owner owner, uintptr_t turned) {
  uintptr_t start = turned & ~(REGION_TURNED - 1);
  struct shadow made = {NULL, 0};
  if (!mprt_grow((void **)&shadows, shadow_count, &shadow_capacity,
                 sizeof *shadows) ||
      !top_make(owner) || !(made.cells = cells_make(start)))
    return false;
  shadows[shadow_count++] = made;
  bool is_shared = mprt_blocks_are_sparse && owner == MPRT_OF_MALLOC;
  uintptr_t step = is_shared ? 2 : MPRT_SHADOWS;
  for (uintptr_t low = turned % step; low < MPRT_SHADOWS; low += step)
    atomic_store_explicit(
        &mprt_blocks_top[owner][mprt_turned_place(start + low)],
        (uintptr_t)made.cells - (start + low), memory_order_release);
  return true;
}

static struct shadow *shadow_of(const mprt_cell *cell) {
  size_t i = 0;
  while ((uintptr_t)cell - (uintptr_t)shadows[i].cells >= SHADOW_SIZE)
    i++;
  return &shadows[i];
}

/* ---- Pages ---- */

#define PAGE_CELLS (4096 / MPRT_GRANULE)

static void page_see(uintptr_t address) {
  atomic_store_explicit(&mprt_own_gate->seen[mprt_seen_place(address)], 1,
                        memory_order_relaxed);
}

/* Under the lock, or the page has cells already. Who sees a vacant cell sees the
 * page's bit, too. */
static void page_enter(uintptr_t address, mprt_cell *at) {
  page_see(address);
  struct shadow *shadow = shadow_of(at);
  if (++shadow->pages == HUGE_FROM) {
    int kept = errno;
    madvise((void *)shadow->cells, MPRT_CELLS * sizeof *at, MADV_HUGEPAGE);
    errno = kept;
  }
  mprt_cell *first = at - address / MPRT_GRANULE % PAGE_CELLS;
  for (size_t i = 0; i < PAGE_CELLS; i++)
    if (atomic_load_explicit(&first[i], memory_order_relaxed) == 0)
      atomic_store_explicit(&first[i], MPRT_CELL_VACANT, memory_order_release);
}

/* NULL when there is none yet. */
static mprt_cell *cell_of(enum mprt_owner owner, uintptr_t turned) {
  uintptr_t shadow = mprt_blocks_shadow(owner, turned);
  return shadow ? (mprt_cell *)(shadow + turned) : NULL;
}

static bool is_entered(mprt_cell *at) {
  return at && atomic_load_explicit(at, memory_order_acquire);
}

/* The cell of a regular address, its page entered; NULL without memory. */
static mprt_cell *cell_make(enum mprt_owner owner, uintptr_t address) {
  uintptr_t turned = mprt_turned((void *)address);
  mprt_cell *at = cell_of(owner, turned);
  if (is_entered(at))
    return at;
  if (!mprt_lock(&map_lock))
    return NULL;
  at = cell_of(owner, turned); /* another thread may have made it */
  if (!at && shadow_make(owner, turned))
    at = cell_of(owner, turned);
  if (at && !is_entered(at))
    page_enter(address, at);
  mprt_unlock(&map_lock);
  if (!at)
    say_no_memory();
  return at;
}

/* The next cell of the same shadow. After the last one there is one more, which
 * has no granule. */
static mprt_cell *cell_make_next(enum mprt_owner owner, uintptr_t address,
                                 mprt_cell *at) {
  if ((address >> MPRT_REGION_BITS) ==
      (address + MPRT_GRANULE) >> MPRT_REGION_BITS)
    return cell_make(owner, address + MPRT_GRANULE);
  if (!is_entered(at + 1))
    atomic_store_explicit(at + 1, MPRT_CELL_VACANT, memory_order_relaxed);
  return at + 1;
}

/* ---- Blocks that are rare ---- */

MPRT_COLD mprt_block mprt_blocks_take_rare(enum mprt_owner owner,
                                           uintptr_t address) {
  uintptr_t turned = mprt_turned((void *)address);
  if (mprt_turned_is_regular(turned)) {
    mprt_cell *at = cell_of(owner, turned);
    if (!is_entered(at))
      return 0;
    atomic_store_explicit(at, MPRT_CELL_VACANT, memory_order_relaxed);
  }
  return side_take(owner, address);
}

/* What stands in the way of a new block: one that begins in its granule, or one
 * that covers it with its second cell. */
static mprt_block cell_clear(enum mprt_owner owner, mprt_cell *at,
                             uintptr_t address) {
  uint32_t cell = atomic_load_explicit(at, memory_order_relaxed);
  if (cell == MPRT_CELL_VACANT)
    return 0;
  uintptr_t begin = address / MPRT_GRANULE * MPRT_GRANULE + (address & 8);
  if (cell & MPRT_CELL_MORE) {
    begin -= MPRT_GRANULE;
    cell = atomic_load_explicit(at - 1, memory_order_relaxed);
  }
  begin += cell & MPRT_CELL_HALF ? MPRT_GRANULE / 2 : 0;
  return mprt_blocks_take_seen(owner, (void *)begin);
}

MPRT_COLD mprt_block mprt_blocks_put_slow(enum mprt_owner owner,
                                          const void *block, memprof_ref line,
                                          size_t size) {
  uintptr_t address = (uintptr_t)block;
  if (!mprt_turned_is_regular(mprt_turned(block))) {
    mprt_block stale = side_take(owner, address);
    page_see(address);
    return side_put(owner, address, line, size) ? stale : MPRT_BLOCK_LOST;
  }
  mprt_cell *at = cell_make(owner, address), *next = NULL;
  if (!at)
    return MPRT_BLOCK_LOST;
  if (size > MPRT_CELL_LARGE_MAX) {
    mprt_block stale = cell_clear(owner, at, address);
    if (!side_put(owner, address, line, size))
      return MPRT_BLOCK_LOST;
    atomic_store_explicit(at,
                          mprt_cell_of(mprt_turned(block), 0, MPRT_CELL_LARGE),
                          memory_order_release);
    return stale;
  }
  if (size >= MPRT_CELL_LARGE && !(next = cell_make_next(owner, address, at)))
    return MPRT_BLOCK_LOST;
  mprt_block stale = cell_clear(owner, at, address);
  /* a second one in the way is lost uncounted: one can be handed out */
  mprt_block covered =
      next ? cell_clear(owner, next, address + MPRT_GRANULE) : 0;
  mprt_cell_put(at, block, mprt_cell_of_line(line), size);
  return stale ? stale : covered;
}

/* ---- All blocks ---- */

void mprt_blocks_forked(void) {
  for (size_t i = 0; i < shadow_count; i++)
    shadows[i].pages = 0;
  side = NULL;
  side_capacity = side_cursor = 0;
  side_count = 0;
}

/* The pages' bits stay: a release may just leave a vacant cell. */
static void shadow_forget(const struct shadow *shadow) {
  int kept = errno;
  if (madvise((void *)shadow->cells, SHADOW_SIZE, MADV_DONTNEED) != 0)
    for (size_t i = 0; i <= MPRT_CELLS; i++) /* locked into memory */
      atomic_store_explicit(&shadow->cells[i], 0, memory_order_relaxed);
  errno = kept;
}

void mprt_blocks_forget(void) {
  if (mprt_lock(&map_lock)) {
    for (size_t i = 0; i < shadow_count; i++)
      shadow_forget(&shadows[i]);
    mprt_unlock(&map_lock);
  }
  if (!mprt_lock(&side_lock))
    return;
  for (uint32_t i = 0; i < side_capacity; i++)
    side[i].address = 0;
  side_count = 0;
  mprt_unlock(&side_lock);
}

#if defined(__GLIBC__) && UINTPTR_MAX > UINT32_MAX
/* Whether malloc and its kin come to us, and behind us stands glibc's. Not known
 * of a static program. */
static bool is_glibc_behind(void) {
  static const enum mprt_entry kin[] = {
      ENTRY_malloc,   ENTRY_calloc,        ENTRY_realloc,
      ENTRY_memalign, ENTRY_aligned_alloc, ENTRY_posix_memalign};
  struct memprof_entries *copy = &__memprofpass_entries;
  void *(*volatile first)(size_t) = malloc;
  if (!copy || strcmp(copy->table, MPRT_ENTRY_TABLE) != 0 ||
      (const void *)first != copy->own[ENTRY_malloc])
    return false;
  const void *libc = mprt_object_at((const void *)gnu_get_libc_version);
  for (size_t i = 0; i < sizeof kin / sizeof *kin; i++)
    if (!libc || mprt_object_at(copy->next(kin[i])) != libc)
      return false;
  return true;
}
#else
static bool is_glibc_behind(void) { return false; }
#endif

bool mprt_blocks_init(void) {
  if (mprt_own_gate)
    return true;
  void *gate =
      mprt_pages_of_process(sizeof(struct mprt_gate) + MPRT_SEEN_PAGES);
  if (!gate || !top_make(MPRT_OF_MALLOC))
    return false;
  mprt_blocks_are_sparse = is_glibc_behind();
  mprt_own_gate = gate;
  return true;
}
