/* sanitizer.c - counts through the hooks of a sanitizer whose allocator stands
 * before our entry points (ASan, LSan, MSan, TSan).
 *
 * The hooks tell of allocations in all code, but each sanitizer forgets
 * something: what that is is tried, not known by name, because it changes with
 * its version. The calls in marked functions themselves are exact all the same:
 * the pass put its own hooks beside them, and what both tell of counts once. A
 * realloc that the pass saw is the pass's alone.
 */
#define _GNU_SOURCE
#include "blocks.h"
#include "entry.h"
#include "runtime.h"
#include "wake.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of sanitizer/allocator_interface.h; absent without a sanitizer. */
extern int __sanitizer_install_malloc_and_free_hooks(
    void (*allocated)(const volatile void *, size_t),
    void (*freed)(const volatile void *)) __attribute__((weak));

bool mprt_sanitizer_counts;
static _Thread_local bool hushed __attribute__((tls_model("initial-exec")));

void mprt_sanitizer_hush(bool hush) { hushed = hush; }

bool mprt_sanitizer_saw(const void *block) {
  if (!mprt_sanitizer_counts)
    return false;
  mprt_block known = mprt_blocks_take(block);
  return known && mprt_blocks_put(block, mprt_block_line(known),
                                  mprt_block_size(known)) == 0;
}

/* ---- The hooks ---- */

/* What the trial's calls of this thread led to, a letter each. */
static _Thread_local char *trace __attribute__((tls_model("initial-exec")));
static size_t trace_size; /* of the latest allocation */

static void trace_add(char letter) {
  size_t length = strlen(trace);
  if (length < 7)
    trace[length] = letter;
}

#define CFA() ((uintptr_t)__builtin_dwarf_cfa())

static bool counts_here(void) {
  return mprt_sanitizer_counts && !hushed && mprt_awake() != MPRT_ASLEEP;
}

static void on_allocated(const volatile void *block, size_t size) {
  if (MPRT_UNLIKELY(trace != NULL)) {
    trace_add('a');
    trace_size = size;
  } else if (counts_here()) {
    __memprofpass_block_allocated_rarely((void *)block, size, CFA());
  }
}

static void on_freed(const volatile void *block) {
  if (MPRT_UNLIKELY(trace != NULL))
    trace_add('f');
  else if (counts_here())
    __memprofpass_block_freed_rarely((void *)block, CFA());
}

/* ---- What do they tell of? ---- */

/* Through pointers that the compiler must load: of calls by name it knows what
 * they do not do, and they do it here. */
static void *(*volatile const call_malloc)(size_t) = malloc;
static void *(*volatile const call_aligned)(size_t, size_t) = aligned_alloc;
static void *(*volatile const call_realloc)(void *, size_t) = realloc;
static void *(*volatile const call_array)(void *, size_t,
                                          size_t) = reallocarray;
static void (*volatile const call_free)(void *) = free;

static bool sees_malloc(void) {
  char events[8] = "";
  trace = events;
  call_free(call_malloc(64));
  trace = NULL;
  return strcmp(events, "af") == 0;
}

static bool sees_aligned(void) {
  char events[8] = "";
  trace = events;
  call_free(call_aligned(64, 64));
  trace = NULL;
  return strcmp(events, "af") == 0;
}

/* What a realloc from 64 bytes tells of: "fa" is right. */
static void trace_realloc(size_t size, char events[8]) {
  void *block = call_malloc(64);
  memset(events, 0, 8);
  trace = events;
  block = call_realloc(block, size);
  trace = NULL;
  call_free(block);
}

static bool sees_reallocarray(void) {
  char events[8] = "";
  void *block = call_malloc(64);
  trace = events;
  block = call_array(block, 2, 64);
  trace = NULL;
  call_free(block);
  return trace_size == 128;
}

static const char *missing_of_realloc(void) {
  char events[8];
  trace_realloc(4096, events);
  if (!events[0])
    return "realloc is not seen";
  bool keeps_both = strcmp(events, "af") == 0;
  trace_realloc(48, events);
  if (!events[0])
    return "a realloc in place is not seen";
  return keeps_both ? "realloc counts as malloc before free" : NULL;
}

/* Says what is missing, if anything is. */
static void tell_what_is_missing(void) {
  const char *of_realloc = missing_of_realloc();
  const char *missing[] = {
      of_realloc,
      of_realloc || sees_reallocarray() ? NULL : "reallocarray's size is wrong",
      sees_aligned() ? NULL : "aligned allocations are not seen",
  };
  char list[160] = "";
  for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
    if (missing[i])
      snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s",
               list[0] ? ", " : "", missing[i]);
  if (list[0])
    mprt_message("the allocator is a sanitizer's and counted through its "
                 "hooks: in code that is not marked, %s",
                 list);
}

bool mprt_sanitizer_init(void) {
  int saved_errno = errno;
  if (__sanitizer_install_malloc_and_free_hooks &&
      __sanitizer_install_malloc_and_free_hooks(on_allocated, on_freed) != 0 &&
      sees_malloc()) {
    tell_what_is_missing();
    mprt_sanitizer_counts = true;
  }
  errno = saved_errno;
  return mprt_sanitizer_counts;
}
