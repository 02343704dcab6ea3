/* entry.h - the contract between the allocator entry points and the runtime
 * behind them.
 *
 * entry.c defines malloc, free and their kin. It is compiled several times, and
 * each copy forwards to the next definition after its own object, so that what
 * is preloaded is never skipped:
 *   libmemprof_hooks.a  linked into the executable (MPRT_ENTRY_HOOKS), so that
 *                       a preloaded allocator stands behind us, not before us;
 *                       it skips the library's copy
 *   libmemprof          the same names, for a program without the above
 *   libmemprof_wrap.a   __wrap_malloc and so on (MPRT_ENTRY_WRAP), for a fully
 *                       static program, in which malloc cannot be redefined
 * Only one copy of a process counts: the first one in the order of symbols.
 * jumps.c, children.c and maps.c stand beside entry.c in the two latter.
 */
#ifndef MPRT_ENTRY_H
#define MPRT_ENTRY_H

#include "entry_points.h"
#include "gate.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MPRT_ENTRY_ENUM(SYMBOL, ...) ENTRY_##SYMBOL,
enum mprt_entry {
  MPRT_ENTRY_POINTS(MPRT_ENTRY_ENUM) MPRT_ENTRY_COUNT,
  ENTRY_LAST_OF_C = ENTRY_free_aligned_sized
};
#undef MPRT_ENTRY_ENUM

/* The rows in one text: an executable's copy may come from another version than
 * the library, and then they cannot work together. */
#define MPRT_ENTRY_WORD(SYMBOL, ...) #SYMBOL " "
#define MPRT_ENTRY_TABLE "9: " MPRT_ENTRY_POINTS(MPRT_ENTRY_WORD)

enum mprt_trial {
  MPRT_NOT_TRIED, /* nothing is behind it, or the program has replaced it */
  MPRT_TRIED,
  MPRT_TRUSTED /* counts, but is not to be called without need */
};

/* Which calls come to us while we are awake. */
enum mprt_coming {
  MPRT_ALL_COME,     /* somebody asks which entry point a thread is in */
  MPRT_COUNTED_COME, /* what does not count goes past us */
  MPRT_MARKED_COME   /* MPRT_AWAKE_PLAIN: of these what a thread allocates in a
                       marked call, and releases where tracked blocks may be */
};

/* One copy of the entry points. */
struct memprof_entries {
  const char *table; /* MPRT_ENTRY_TABLE; another one is of another version,
                        and what follows is unknown */
  const void *own[MPRT_ENTRY_COUNT]; /* addresses of this copy's functions */
  void *(*next)(unsigned entry); /* what comes after this copy's object; NULL
                                    when nothing does */
  /* Looks up all that is behind the entry points, so that no lookup allocates
   * in the middle of a marked function. */
  void (*resolve)(void);
  /* From now on all calls come to us. */
  void (*awaken)(struct mprt_gate *gate);
  /* After the self-test: which calls do. */
  void (*settle)(enum mprt_coming coming);
  /* The self-test's calls of an entry point and of its partner, made as the
   * program makes them: by name. */
  enum mprt_trial (*trial)(unsigned entry);
  /* Stack pointer of the entry point that this thread is in, 0 when in none:
   * what is mapped below it, an allocator maps. */
  uintptr_t (*inside)(void);
  uint8_t counts[MPRT_ENTRY_COUNT]; /* 1: an event here counts. Written by
                                       the self-test, before it matters */
};

#pragma GCC visibility push(default)

/* The copy that comes first in this process; absent where only the runtime's
 * other files are linked (unit tests). */
extern struct memprof_entries __memprofpass_entries __attribute__((weak));
/* The library's own copy; absent in a static link. */
extern struct memprof_entries __memprofpass_library_entries
    __attribute__((weak));

/* The gate of this process. Once awake it lies on pages that fork wipes. Never
 * NULL. */
extern struct mprt_gate *_Atomic __memprofpass_gate;

static inline enum mprt_awake mprt_awake(void) {
  return mprt_gate_awake(
      atomic_load_explicit(&__memprofpass_gate, memory_order_relaxed));
}

/* The first fields of what the runtime knows of the stack on which this thread
 * had its last event: its innermost marked call, and what stands for none. NULL
 * before its first marked call. */
struct mprt_place {
  const void *top, *base;
};
extern _Thread_local const struct mprt_place *__memprofpass_place
    __attribute__((tls_model("initial-exec")));

static inline bool mprt_is_in_marked_call(void) {
  const struct mprt_place *place = __memprofpass_place;
  return place && place->top != place->base;
}

/* Called straight, not by way of a stub of the linker. Only these few: the
 * loader looks up at each start, asleep or not, what is called like that. */
#if __has_attribute(noplt)
#define MPRT_STRAIGHT __attribute__((noplt))
#else
#define MPRT_STRAIGHT
#endif

/* Called by entry points while MPRT_AWAKE_PLAIN; cfa: the stack pointer before
 * the entry point was called. A block that is released may be one of ours:
 * mprt_gate_may_hold. One that is allocated is returned, for a tail call. */
MPRT_STRAIGHT void *__memprofpass_block_allocated(void *block, size_t size,
                                                  uintptr_t cfa);
MPRT_STRAIGHT void __memprofpass_block_freed(void *block, uintptr_t cfa);
/* The same, whatever the awake word says. */
void __memprofpass_block_allocated_rarely(void *block, size_t size,
                                          uintptr_t cfa);
void __memprofpass_block_freed_rarely(void *block, uintptr_t cfa);
uint64_t __memprofpass_block_reallocating_rarely(void *block);
void __memprofpass_block_reallocated_rarely(uint64_t token, void *old_block,
                                            void *block, size_t size,
                                            uintptr_t cfa);
MPRT_STRAIGHT uint64_t __memprofpass_block_reallocating(void *block);
MPRT_STRAIGHT void __memprofpass_block_reallocated(uint64_t token,
                                                   void *old_block, void *block,
                                                   size_t size, uintptr_t cfa);

/* Before _exit, abort and their kin, which run no handlers: writes the report.
 * signal: by which the process ends; 0: it ends with `status`. Returns the
 * status with which it is to end: another one if a limit was broken. */
int __memprofpass_ending(int signal, int status);
/* Before quick_exit, which runs our handler in time. */
void __memprofpass_quick_ending(int status);

/* Before a longjmp that sets the stack pointer to `target`; 0: nobody knows. */
void __memprofpass_jumping(uintptr_t target);
/* A new stack with these bounds, for signal handlers or not; and that handlers
 * no longer use the one that begins here. */
void __memprofpass_stack(uintptr_t low, size_t size, bool is_handlers);
void __memprofpass_stack_left(uintptr_t low);

/* Around a call that changes the program's mappings. Before it: whether it is
 * to be counted; then the other one must follow, and until then this thread
 * holds the lock of the mappings: a place may be handed out again at once, and
 * another copy's stand-in behind us counts nothing. After it: what is no longer
 * mapped, and what is now, length 0 for nothing; replaces: the latter may lie
 * over what was there. */
bool __memprofpass_mapping(uintptr_t cfa);
void __memprofpass_mapped(const void *old, size_t old_length,
                          const void *address, size_t length, bool replaces,
                          uintptr_t cfa);

/* Around what makes a child with a copy of our memory: before it; in the
 * parent, or when there is no child; in a child that goes on where its parent
 * was; in one that begins on a stack of its own. */
void __memprofpass_forking(void);
void __memprofpass_fork_over(void);
void __memprofpass_forked(void);
void __memprofpass_forked_elsewhere(void);
/* Around a child that has its parent's memory while that waits: this thread
 * counts nothing. */
void __memprofpass_vforking(void);
void __memprofpass_vfork_over(void);

#pragma GCC visibility pop
#endif
