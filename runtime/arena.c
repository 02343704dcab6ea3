/* arena.c - the profile image: reserved address space, records one after the
 * other, and the private pages and slow-path locks beside it. */
#include "output.h"
#include "own_pages.h"
#include "runtime.h"
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define ARENA_SMALLEST (UINT64_C(1) << 20)

unsigned char *mprt_arena_base;
_Atomic uint32_t mprt_arena_lock;
/* Bytes of the image that memory, or the file, has room for. Under the lock. */
static uint64_t arena_room;
/* Nothing new: the room is all there will be. Written under the lock. */
static _Atomic bool is_closed;
static _Atomic bool said_full;

/* ---- Locks ---- */

static uint32_t thread_id(void) { return (uint32_t)syscall(SYS_gettid); }

/* Whether the owner of a lock still runs in this process. */
static bool is_alive(uint32_t owner) {
  int kept = errno;
  bool alive =
      syscall(SYS_tgkill, getpid(), (pid_t)owner, 0) == 0 || errno != ESRCH;
  errno = kept;
  return alive;
}

bool mprt_lock(_Atomic uint32_t *lock) {
  uint32_t me = thread_id();
  for (unsigned turn = 0;; turn++) {
    uint32_t owner = 0;
    if (atomic_compare_exchange_weak_explicit(
            lock, &owner, me, memory_order_acquire, memory_order_relaxed))
      return true;
    if (owner == me)
      return false;
    if (owner && turn % 1024 == 1023 && !is_alive(owner) &&
        atomic_compare_exchange_strong_explicit(
            lock, &owner, me, memory_order_acquire, memory_order_relaxed))
      return true;
    if (turn >= 64)
      sched_yield();
  }
}

void mprt_unlock(_Atomic uint32_t *lock) {
  atomic_store_explicit(lock, 0, memory_order_release);
}

enum mprt_trylock mprt_trylock(_Atomic uint32_t *lock) {
  uint32_t me = thread_id(), owner = 0;
  if (atomic_compare_exchange_strong(lock, &owner, me))
    return MPRT_TAKEN;
  if (owner == me)
    return MPRT_OWN;
  bool taken =
      !is_alive(owner) && atomic_compare_exchange_strong(lock, &owner, me);
  return taken ? MPRT_TAKEN : MPRT_BUSY;
}

/* ---- Pages ---- */

static void *map(uint64_t size) {
  int kept = errno;
  void *memory = mprt_mmap(size, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
  errno = kept;
  return memory == MAP_FAILED ? NULL : memory;
}

void *mprt_pages(size_t size) {
  size_t page = 4096;
  return map((size + page - 1) / page * page);
}

void *mprt_pages_of_process(size_t size) {
  void *memory = mprt_pages(size);
  if (memory) {
    int kept = errno;
    madvise(memory, (size + 4095) / 4096 * 4096, MADV_WIPEONFORK);
    errno = kept;
  }
  return memory;
}

bool mprt_grow(void **array, size_t count, size_t *capacity, size_t size) {
  if (count < *capacity)
    return true;
  size_t wanted = *capacity ? 2 * *capacity : 4096 / size;
  void *larger = mprt_pages(wanted * size);
  if (!larger)
    return false;
  if (count)
    memcpy(larger, *array, count * size);
  *array = larger;
  *capacity = wanted;
  return true;
}

/* ---- The image ---- */

/* What may be reserved: an eighth of a limited address space, because the rest
 * is the guest's. */
static uint64_t arena_wish(void) {
  struct rlimit limit;
  uint64_t wish = mprt_config.max_file;
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    while (wish > limit.rlim_cur / 8 && wish > ARENA_SMALLEST)
      wish /= 2;
  return wish / 4096 * 4096;
}

static uint64_t clock_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void mprt_header_begin(struct memprof_header *header) {
  header->started_ns = clock_ns(CLOCK_REALTIME);
  header->started_ticks = clock_ns(CLOCK_MONOTONIC);
  header->pid = (uint32_t)getpid();
  header->parent = (uint32_t)getppid();
  header->ended_ns = 0;
  header->end = MEMPROF_END_UNKNOWN;
  header->status = 0;
}

void mprt_header_end(enum memprof_end end, int status) {
  struct memprof_header *header = mprt_header();
  header->ended_ns = clock_ns(CLOCK_REALTIME);
  header->status = (uint32_t)status;
  __atomic_store_n(&header->end, end, __ATOMIC_RELEASE);
}

/* The profile file, or else memory with the header in it. */
static unsigned char *arena_map(struct memprof_header *header) {
  unsigned char *memory = mprt_output_open(header, &arena_room);
  if (memory)
    return memory;
  while (!(memory = map(header->capacity)) && header->capacity > ARENA_SMALLEST)
    header->capacity /= 2;
  if (!memory)
    return NULL;
  arena_room = header->capacity;
  memcpy(memory, header, sizeof *header);
  return memory;
}

bool mprt_arena_open(void) {
  if (mprt_arena_base)
    return true;
  struct memprof_header header = {
      .version = MEMPROF_FORMAT_VERSION,
      .byte_order = MEMPROF_BYTE_ORDER,
      .header_size = (uint32_t)((sizeof header + MPRT_RECORD_ALIGN - 1) /
                                MPRT_RECORD_ALIGN * MPRT_RECORD_ALIGN),
      .word_size = sizeof(void *),
      .capacity = arena_wish(),
      .run = mprt_run_id(),
      .scope_process = mprt_config.scope,
  };
  memcpy(header.magic, MEMPROF_MAGIC, sizeof header.magic);
  header.used = header.header_size;
  mprt_header_begin(&header);
  mprt_arena_base = arena_map(&header);
  if (!mprt_arena_base)
    mprt_message("cannot reserve memory for the profile, profiling stays off");
  return mprt_arena_base != NULL;
}

void mprt_arena_set_room(uint64_t room) { arena_room = room; }

void mprt_arena_close(void) {
  struct memprof_header *header = mprt_header();
  if (!mprt_lock(&mprt_arena_lock))
    return;
  if (!is_closed) {
    is_closed = true;
    mprt_output_close(header->used);
  }
  mprt_unlock(&mprt_arena_lock);
}

void mprt_drop(uint64_t *counter) {
  if (!is_closed)
    __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

/* Under the lock. */
static bool has_room(uint64_t needed) {
  if (is_closed)
    return false;
  if (needed > arena_room) {
    uint64_t room = mprt_output_grow(arena_room, needed);
    if (room)
      arena_room = room;
  }
  return needed <= arena_room;
}

static void say_full(void) {
  if (!is_closed && !atomic_exchange(&said_full, true))
    mprt_message("the profile is full (%zu bytes): what is new from here on is "
                 "counted with less detail",
                 (size_t)mprt_header()->capacity);
}

void *mprt_arena_alloc(enum memprof_kind kind, size_t size,
                       void (*fill)(void *record, const void *context),
                       const void *context) {
  struct memprof_header *header = mprt_header();
  if (!header || size > UINT32_MAX - MPRT_RECORD_ALIGN)
    return NULL;
  size = (size + MPRT_RECORD_ALIGN - 1) / MPRT_RECORD_ALIGN * MPRT_RECORD_ALIGN;
  if (!mprt_lock(&mprt_arena_lock))
    return NULL;
  uint64_t used = header->used;
  struct memprof_head *record = NULL;
  if (has_room(used + size)) {
    record = (struct memprof_head *)(mprt_arena_base + used);
    record->kind = kind;
    record->size = (uint32_t)size;
    if (fill)
      fill(record, context);
    /* readers of a live image take what stands below `used` as whole */
    __atomic_store_n(&header->used, used + size, __ATOMIC_RELEASE);
  }
  mprt_unlock(&mprt_arena_lock);
  /* growing that failed has said so itself */
  if (!record && used + size > header->capacity)
    say_full();
  return record;
}

static void fill_string(void *record, const void *text) {
  strcpy(((struct memprof_string *)record)->text, text);
}

memprof_ref mprt_string_new(const char *text) {
  void *string = mprt_arena_alloc(
      MEMPROF_KIND_STRING, sizeof(struct memprof_string) + strlen(text) + 1,
      fill_string, text);
  return string ? mprt_ref(string) : 0;
}
