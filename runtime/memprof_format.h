/* memprof_format.h - the profile: what the runtime counts, byte by byte, and
 * how rows add up.
 *
 * The runtime's arena *is* a profile image: the header, then records one after
 * the other, each with its kind and size, so that a reader walks them and skips
 * what it does not know. References are offsets in units of 16 bytes from the
 * start of the image (0 = none), never pointers. Integers are in the byte order
 * and `word_size` of the process that wrote them.
 *
 * Writers: a record belongs to the thread it names and is written by it alone,
 * plainly. The exceptions are marked `atomic`. `used` is published (release)
 * after a record's head and constant fields are in place. Readers of a live
 * image see counters that may be one event apart from each other.
 */
#ifndef MEMPROF_FORMAT_H
#define MEMPROF_FORMAT_H

#include "memprof_abi.h"

#define MEMPROF_MAGIC "MEMPROF\n" /* 8 bytes, no terminator */
#define MEMPROF_FORMAT_VERSION 4
#define MEMPROF_BYTE_ORDER 0x01020304u
/* Bytes per unit of a reference; every record starts at a multiple of it. */
#define MEMPROF_UNIT 16

/* Offset from the start of the image / MEMPROF_UNIT; 0 = none. */
typedef uint32_t memprof_ref;

/* ---- Counters of a source line ----
 *
 * X(field, combine): how the values of several contexts or threads become one
 * row. SUM adds; MAX takes the largest; LAST takes the one with the latest
 * `stamp`.
 *
 * The first two are in one cache line with the head of the record: a release
 * elsewhere, and the end of a call without events, touch no more of it.
 *
 * - allocs: allocation events while the line was current.
 * - bytes: bytes requested by them.
 * - frees: release events while the line was current.
 * - freed: bytes released by them, as requested when they were allocated.
 * - returned: bytes allocated here and released since, by the thread that owns
 *   the record.
 * - returned_elsewhere: atomic; the same, released by any other thread.
 *   kept == bytes - returned - returned_elsewhere, always.
 *   In a line without a `thread` blocks count as returned when they are
 *   allocated.
 * - peak: max over visits of (live - live when the visit began).
 * - mem_usage: signed; the thread's live bytes after the line's last event.
 * - temporary: blocks allocated here that the same thread released before its
 *   next allocation under a marked function. A block that a realloc replaces
 *   is not temporary: it goes on as the new one.
 * - at_peak: `kept` as it was at the process's high-water mark, if peak_epoch
 *   is the header's; else `kept` has not changed since. Read it through
 *   memprof_line_at_peak().
 */
#define MEMPROF_LINE_COUNTERS(X)                                               \
  X(returned, SUM)                                                             \
  X(mem_usage, LAST)                                                           \
  X(allocs, SUM)                                                               \
  X(bytes, SUM)                                                                \
  X(frees, SUM)                                                                \
  X(freed, SUM)                                                                \
  X(returned_elsewhere, SUM)                                                   \
  X(peak, MAX)                                                                 \
  X(temporary, SUM)                                                            \
  X(at_peak, SUM)

/* ---- Counters of what a line maps, with track=heap,mmap ----
 *
 * X(field): all are sums.
 *
 * - maps: mmap and mremap calls while the line was current.
 * - mapped: bytes mapped by them, in whole pages.
 * - unmaps: munmap and mremap calls, and mmap calls over a mapping, that
 *   released something that was counted in `mapped`.
 * - unmapped: bytes released by them.
 */
#define MEMPROF_MAPPING_COUNTERS(X)                                            \
  X(maps)                                                                      \
  X(mapped)                                                                    \
  X(unmaps)                                                                    \
  X(unmapped)

/* ---- Columns of a table ----
 *
 * X(id, heading, type, shown): SIZE prints in `unit`, COUNT as an integer.
 * STANDARD ones are shown when `columns` is unset, those and ALL ones with
 * columns=all, TRACKED ones with both if the profile has mappings, NAMED ones
 * only when `columns` names them. The id is also the JSON key, the word in
 * `columns=` and, where it is a metric, the limit's name. Line # and Line
 * Contents frame every table.
 *
 * - mem_usage: live after the last event; a row without an event repeats the
 *   nearest row above.
 * - increment: bytes - freed.
 * - occurrences: times execution arrived at the line from another line.
 * - kept: bytes - returned - returned_elsewhere; at exit: leaked.
 * - mapped, unmapped, maps, unmaps: the counters of mappings.
 * - own_...: what happened while the line itself was current, or a function
 *   that is not marked was called from it: without marked callees. These add up
 *   to the total of all functions.
 */
#define MEMPROF_COLUMNS(X)                                                     \
  X(mem_usage, "Mem usage", SIZE, STANDARD)                                    \
  X(increment, "Increment", SIZE, STANDARD)                                    \
  X(occurrences, "Occurrences", COUNT, STANDARD)                               \
  X(allocs, "Allocs", COUNT, ALL)                                              \
  X(frees, "Frees", COUNT, ALL)                                                \
  X(bytes, "Bytes", SIZE, ALL)                                                 \
  X(freed, "Freed", SIZE, ALL)                                                 \
  X(peak, "Peak", SIZE, ALL)                                                   \
  X(kept, "Kept", SIZE, ALL)                                                   \
  X(temporary, "Temporary", COUNT, NAMED)                                      \
  X(at_peak, "At peak", SIZE, NAMED)                                           \
  X(mapped, "Mapped", SIZE, TRACKED)                                           \
  X(unmapped, "Unmapped", SIZE, TRACKED)                                       \
  X(maps, "Maps", COUNT, NAMED)                                                \
  X(unmaps, "Unmaps", COUNT, NAMED)                                            \
  X(own_allocs, "Own allocs", COUNT, NAMED)                                    \
  X(own_frees, "Own frees", COUNT, NAMED)                                      \
  X(own_bytes, "Own bytes", SIZE, NAMED)                                       \
  X(own_freed, "Own freed", SIZE, NAMED)                                       \
  X(own_kept, "Own kept", SIZE, NAMED)

/* ---- Metrics of one call ----
 *
 * X(metric, type): over one activation, callees included, on its thread. Also
 * the metrics of limits.
 *
 * - kept: max(0, bytes - freed) of the call.
 * - peak: max over the call of (live - live at its start), never below 0.
 */
#define MEMPROF_CALL_METRICS(X)                                                \
  X(allocs, COUNT)                                                             \
  X(frees, COUNT)                                                              \
  X(bytes, SIZE)                                                               \
  X(peak, SIZE)                                                                \
  X(kept, SIZE)

#define MEMPROF_ENUM_CALL_METRIC(METRIC, TYPE) MEMPROF_CALL_##METRIC,
enum memprof_call_metric {
  MEMPROF_CALL_METRICS(MEMPROF_ENUM_CALL_METRIC) MEMPROF_CALL_METRIC_COUNT
};
#undef MEMPROF_ENUM_CALL_METRIC

/* One metric over the finished calls of a context. Their mean is
 * sum / (calls - in_flight) of the node. */
struct memprof_stat {
  uint64_t min, max, sum, first;
};

/* ---- Counters of the process ----
 *
 * X(field): all atomic, in the header.
 *
 * - live: signed; bytes of tracked blocks not yet released, process-wide, and the
 *   rooms of threads, which have to be taken off: memprof_header_live().
 * - peak: the largest that was, without rooms: process.peak.
 * - peak_epoch: how often `peak` was raised after something else had happened.
 * - unseen_releases: allocations that found their address already occupied: its
 *   release bypassed us.
 * - dropped_frames: calls that got the dummy frame: memory for frames ran out,
 *   or a signal handler came at a moment when there was none to be had.
 * - dropped_events: events of calls that were resumed on another thread, or
 *   came while their thread had no frame to charge.
 * - dropped_contexts: contexts folded into their function's root context: too
 *   many, or memory ran out.
 * - dropped_lines: events whose line counters found no room: they count in
 *   their thread's totals and in the line of its root context.
 * - dropped_functions: records that found no room, or of another ABI version.
 * - dropped_threads: threads that found no room: nothing they did is counted.
 */
#define MEMPROF_PROCESS_COUNTERS(X)                                            \
  X(live)                                                                      \
  X(peak)                                                                      \
  X(peak_epoch)                                                                \
  X(unseen_releases)                                                           \
  X(dropped_frames)                                                            \
  X(dropped_events)                                                            \
  X(dropped_contexts)                                                          \
  X(dropped_lines)                                                             \
  X(dropped_functions)                                                         \
  X(dropped_threads)

/* How a process ended, as far as it could say so itself. */
enum memprof_end {
  MEMPROF_END_UNKNOWN, /* it runs, or was killed, or replaced by exec; with
                          `ended_ns`, it came to its end and was told no status */
  MEMPROF_END_EXIT,    /* `status` is the exit status */
  MEMPROF_END_SIGNAL   /* `status` is the signal: abort() */
};

/* Bytes that the threads of one room may still allocate, taken from what is left
 * below the peak; but for MEMPROF_ROOMS_GIVEN:
 *
 *     live bytes + the sum of all rooms == header.live <= header.peak
 *
 * So an event that finds room writes its own room alone, and no event that raises
 * the peak can find any. A cache line each. */
struct memprof_room {
  uint64_t bytes;     /* atomic; with MEMPROF_NO_ROOM nobody may use them */
  uint64_t unused[7]; /* 0 */
};
#define MEMPROF_ROOMS 32
#define MEMPROF_NO_ROOM (UINT64_C(1) << 63)
/* Added to header.live while there may be bytes in a room. */
#define MEMPROF_ROOMS_GIVEN (INT64_C(1) << 62)

/* The start of an image. Constant after it is made, but for what is marked and
 * the counters. */
struct memprof_header {
  char magic[8];          /* MEMPROF_MAGIC */
  uint32_t version;       /* MEMPROF_FORMAT_VERSION */
  uint32_t byte_order;    /* MEMPROF_BYTE_ORDER as the writer stores it */
  uint32_t header_size;   /* bytes; the first record starts here, a multiple of
                             MEMPROF_UNIT */
  uint32_t word_size;     /* bytes of the writer's pointers */
  uint64_t used;          /* atomic: bytes that hold header and whole records */
  uint64_t capacity;      /* bytes reserved; used <= capacity */
  uint64_t started_ns;    /* CLOCK_REALTIME when the runtime woke */
  uint64_t started_ticks; /* CLOCK_MONOTONIC then, ns: spans count from here */
  uint64_t ended_ns;      /* CLOCK_REALTIME at the end; 0 while unknown */
  uint64_t run;           /* random id that all processes of a run share */
  uint32_t pid, parent;   /* of the process that counts */
  uint32_t end;           /* enum memprof_end, written last */
  uint32_t status;        /* exit status or signal; 0 while unknown */
  uint32_t scope_process; /* 1: events outside marked functions are counted in
                             the root contexts */
  uint32_t merged;        /* profiles that were added up here; 0: one process */
  uint64_t unused[4];
  /* a cache line starts here: threads write it when they run out of room */
  uint32_t rooms_lock;  /* the writer's own */
  uint32_t rooms_given; /* under it: bit i: rooms[i] may hold bytes */
#define MEMPROF_U64_FIELD(FIELD) uint64_t FIELD;
  MEMPROF_PROCESS_COUNTERS(MEMPROF_U64_FIELD)
#undef MEMPROF_U64_FIELD
  uint64_t unused2[5];
  struct memprof_room rooms[MEMPROF_ROOMS];
};

/* ---- Records ----
 *
 * X(KIND, number, struct): numbers are never reused. */
#define MEMPROF_RECORD_KINDS(X)                                                \
  X(STRING, 1, memprof_string)                                                 \
  X(FUNCTION, 2, memprof_function)                                             \
  X(THREAD, 3, memprof_thread)                                                 \
  X(NODE, 4, memprof_node)                                                     \
  X(LINE, 5, memprof_line)                                                     \
  X(FRAMES, 6, memprof_frames)                                                 \
  X(META, 7, memprof_meta)                                                     \
  X(UNIT, 8, memprof_unit)                                                     \
  X(SIZES, 9, memprof_sizes)                                                   \
  X(SPANS, 10, memprof_spans)                                                  \
  X(MAPPING, 11, memprof_mapping)                                              \
  X(SERIES, 12, memprof_series)                                                \
  X(LIMIT, 13, memprof_limit)

#define MEMPROF_ENUM_KIND(KIND, NUMBER, STRUCT) MEMPROF_KIND_##KIND = NUMBER,
enum memprof_kind { MEMPROF_RECORD_KINDS(MEMPROF_ENUM_KIND) MEMPROF_KIND_END };
#undef MEMPROF_ENUM_KIND

/* The first bytes of every record. */
struct memprof_head {
  uint32_t kind; /* enum memprof_kind */
  uint32_t size; /* bytes of the record with this head, a multiple of
                    MEMPROF_UNIT */
};

/* A text, for instance the path of a module. */
struct memprof_string {
  struct memprof_head head;
  char text[]; /* ends with a NUL within the record */
};

/* ---- What is known about the process ----
 *
 * X(key, number, help): one META record each, absent when unknown; a merged
 * profile has them once per part, each part from its `source` on. */
#define MEMPROF_META(X)                                                        \
  X(command, 1, "command line, quoted for a shell where need be")              \
  X(program, 2, "path of the executable")                                      \
  X(host, 3, "host name")                                                      \
  X(runtime, 4, "version of the runtime")                                      \
  X(allocator, 5, "path of the object whose malloc serves the program")        \
  X(source, 6, "in a merged profile: the file, pid, start and end of one part")

#define MEMPROF_ENUM_META(KEY, NUMBER, HELP) MEMPROF_META_##KEY = NUMBER,
enum memprof_meta_key { MEMPROF_META(MEMPROF_ENUM_META) MEMPROF_META_END };
#undef MEMPROF_ENUM_META

struct memprof_meta {
  struct memprof_head head;
  uint32_t key; /* enum memprof_meta_key */
  char text[];  /* ends with a NUL within the record */
};

/* A translation unit of the program: which compiler made it, how. */
struct memprof_unit {
  struct memprof_head head;
  memprof_ref module; /* STRING: path of the program or shared object; 0 unknown
                       */
  uint32_t unused;
  /* struct memprof_abi_unit follows, with its strings */
};

/* A function that this process knows: a copy of its descriptor. Copies of a
 * static inline function in several modules with equal descriptors share one
 * record; what differs is merged by readers by (name, file, line). */
struct memprof_function {
  struct memprof_head head;
  uint32_t id;        /* 1, 2, 3, ... in the order of records */
  memprof_ref module; /* STRING: path of the program or shared object it was
                         loaded from; 0 unknown */
  uint32_t selected;  /* 1: the option `functions` selects it; written at
                         registration and by enable */
  uint32_t unused;
  /* struct memprof_abi_record follows, with its tables and strings: see
   * memprof_function_record() */
};

/* A thread, or several one after the other: a finished thread's record is
 * adopted, counters and all; with the option `threads` not before there can be
 * no more records. A stack that is no thread's own (a fibre's, a signal
 * handler's) has a record of its own, like a thread. */
struct memprof_thread {
  struct memprof_head head;
  uint32_t tid;     /* kernel id of the latest owner */
  uint32_t owned;   /* atomic: 1 while a live thread owns it */
  memprof_ref root; /* NODE of function 0: outside all marked functions */
  memprof_ref top; /* the innermost frame that is filled in, in a FRAMES record;
                       the base frame when there is none */
  memprof_ref base; /* the base frame: node == root, caller == 0 */
  uint32_t threads; /* how many threads have owned it */
  uint64_t events;  /* 1 + this record's events so far: the stamp of the latest
                       one, as long as no clock is needed */
  int64_t live; /* bytes that the latest owner allocated minus tracked bytes it
                   released, both under marked functions; a new owner starts
                   with 0 */
  /* totals of all owners under marked functions; blocks of lines without a thread are
   * in `freed` when they are allocated, and not when they are released */
  uint64_t allocs, frees, bytes, freed;
};

/* A calling context: the marked functions on the stack, each at its innermost
 * activation only. A test (memprof_test_begin) and a scope (memprof_begin) stand
 * on it as functions do, told by the flags of their records; what happens
 * directly in a test, outside marked functions and scopes, is not counted. The path to the root gives them outermost last; a function
 * stands on it at most once. */
struct memprof_node {
  struct memprof_head head;
  memprof_ref thread;   /* THREAD that owns the counters */
  memprof_ref parent;   /* NODE of the caller's context; 0 for the root */
  uint32_t parent_line; /* index of the line in the parent's function from which
                           this one was entered */
  uint32_t function;    /* id; 0 for the root */
  memprof_ref child;    /* first NODE below; its others through `sibling` */
  memprof_ref sibling;
  uint32_t line_count;  /* of the function's line table; 1 for the root */
  uint32_t in_flight;   /* calls entered and not yet finished */
  memprof_ref sizes;    /* SIZES; 0 = no allocation yet */
  memprof_ref mappings; /* first MAPPING; its others through `next` */
  uint64_t calls; /* times the function was entered here; finished == calls -
                     in_flight */
  uint64_t entry_stamp; /* of the last entry */
  int64_t entry_live;   /* the thread's live bytes at the last entry */
  uint64_t first_stamp; /* of the first finished call: says whose `first` comes
                           first */
  /* The writer's own: the address of the LINE from which all calls are made, and
   * that of hits; while its epoch is this one, calls without events need not be
   * looked at further. */
  uint64_t line, hits;
  uint64_t epoch;
  uint64_t unused;
  /* over finished calls */
  struct memprof_stat per_call[MEMPROF_CALL_METRIC_COUNT];
  /* First memprof_ref steps[line_count][MEMPROF_STEPS] follow, the writer's own:
   * contexts that were entered from a line. Then uint64_t hits[line_count], then
   * memprof_ref lines[line_count] (LINE records; 0 = no event yet): see
   * memprof_node_hits() and memprof_node_lines(). hits[0] stays 0: the times the
   * function was entered are `calls`. */
};
#define MEMPROF_STEPS 2

/* How large the blocks were that one context allocated: counts[k] of them had a
 * size of k binary digits: 0, 1, 2..3, 4..7, ...; the last holds the rest. */
#define MEMPROF_SIZE_CLASSES 49
struct memprof_sizes {
  struct memprof_head head;
  memprof_ref node;
  uint32_t unused;
  uint64_t counts[MEMPROF_SIZE_CLASSES];
};

/* What one line in one context mapped and unmapped. */
struct memprof_mapping {
  struct memprof_head head;
  memprof_ref node; /* its context */
  uint32_t line;    /* index into the function's line table */
  memprof_ref next; /* MAPPING of another line of the context */
  uint32_t unused;
#define MEMPROF_U64_FIELD(FIELD) uint64_t FIELD;
  MEMPROF_MAPPING_COUNTERS(MEMPROF_U64_FIELD)
#undef MEMPROF_U64_FIELD
};

/* The events of one line in one context. Block words refer to it, so it never
 * moves or dies. */
struct memprof_line {
  struct memprof_head head;
  memprof_ref node;   /* its context */
  uint32_t line;      /* index into the function's line table */
  memprof_ref thread; /* THREAD of its context: whose release is a plain add; 0:
                         its context is under a function that the option
                         `ignore` names, and its blocks are never kept */
  uint32_t function;  /* id, of its context */
  uint64_t stamp;     /* of the last event: orders a function's events across
                     contexts and threads; equal stamps have equal mem_usage.
                     memprof_thread.events, or a clock's that is larger than
                     all of these: where several threads know the function */
  /* What was live at the process's high-water mark is noted late: an event that
   * does not raise it and finds peak_epoch != header.peak_epoch is the line's
   * first since, so it first sets at_peak := kept, peak_epoch :=
   * header.peak_epoch. A rise after such notes raises header.peak_epoch.
   * Exact with one thread; with several, but for events in flight. */
  uint64_t peak_epoch;
  uint64_t sizes; /* the writer's own: the address of the context's SIZES, when
                     what is allocated here may take the short way */
#define MEMPROF_LINE_FIELD(FIELD, COMBINE) MEMPROF_LINE_TYPE_##COMBINE FIELD;
#define MEMPROF_LINE_TYPE_SUM uint64_t
#define MEMPROF_LINE_TYPE_MAX uint64_t
#define MEMPROF_LINE_TYPE_LAST int64_t
  MEMPROF_LINE_COUNTERS(MEMPROF_LINE_FIELD)
#undef MEMPROF_LINE_FIELD
#undef MEMPROF_LINE_TYPE_SUM
#undef MEMPROF_LINE_TYPE_MAX
#undef MEMPROF_LINE_TYPE_LAST
};

/* One activation of a marked function. Generated code touches the first two
 * fields (memprof_abi.h).
 *
 * A visit is one stay on one line. Its state lives here and not with the
 * counters, which recursion shares. It begins when (line, hits[line]) differs
 * from (seen_line, seen_hits), which is noticed at its first event:
 *
 *     base := live before the event
 *
 * and every event ends with
 *
 *     call_high := max(call_high, live)
 *     line.peak := max(line.peak, live - base)
 *
 * The end of a call is an event of the line from which it was made, with the
 * callee's call_high in place of live, and seen_hits := hits[seen_line] as it is
 * then, because recursion raised it.
 *
 * Most calls have no event. So what a frame keeps for its events is filled in
 * when the first of them comes: then thread.top becomes the innermost frame, and
 * the visits of all callers are looked at. The frames behind thread.top in its
 * block, as long as their cfa says that they are in use, are fresh: only hits,
 * line, node, caller and cfa say something. Their calls have allocated and
 * released nothing.
 *
 * A reader that finds unfinished calls finishes them the same way, innermost
 * first, in its own copy. memprof_call_line() tells from which line a fresh one
 * was made.
 *
 * The base frame has no visits. With scope=process its line holds the events
 * outside marked functions, with a live of its own: mem_usage == bytes - freed,
 * and peak is the largest it was. */
struct memprof_frame {
  uint64_t *hits; /* of `node`, an address in the writer; readers use `node` */
  uint32_t line;  /* index of the current line */
  memprof_ref node;   /* its context */
  memprof_ref caller; /* the frame it was entered from; 0 for the base frame. Of
                         one that is not in use, the one before it */
  uint32_t seen_line; /* the visit's line */
#if UINTPTR_MAX == UINT32_MAX
  uint32_t unused; /* where 64-bit pointers end */
#endif
  uint64_t
      step; /* the writer's own: the address of the context, when the call's
                    end may take the short way */
  uint64_t
      cfa; /* stack pointer before the call of `enter`; the base frame holds
                    the end of the stack; 0: not in use; MEMPROF_LAST_FRAME: the
                    last of a block, never in use */
  uint64_t seen_hits;    /* hits[seen_line] when the visit was last looked at */
  uint64_t start_ns;     /* timeline: when the call began, since started_ticks;
                         MEMPROF_INHERITED: in the process that forked this one,
                         see below; else 0 */
  int64_t base;          /* live when the visit began */
  uint64_t charge;       /* the writer's own: where the visit's LINE is, or 0 */
  int64_t live_at_enter; /* live when the call began */
  int64_t call_high;     /* largest live of the call */
  /* the thread's totals when the call began */
  uint64_t allocs, frees, bytes, freed;
  uint32_t cell; /* the writer's own: of `charge`, what blocks.h keeps of it */
  uint32_t unused2;
};

#define MEMPROF_LAST_FRAME UINT64_MAX

/* A forked child counts from zero: all counters of its image, `live` and the
 * stamps start with 0, and it knows no block from before. The calls in progress
 * at the fork are its parent's. In the child their frames are marked, and
 *
 * - they are not among `calls` and `in_flight`, and their end adds nothing to
 *   per_call;
 * - what is allocated and released on their lines from the fork on is counted
 *   there, and arrivals at their lines are: as if each of them had begun its
 *   visit at the fork, with base == high == live == 0;
 * - their end is an event of their caller's line, as ever. */
#define MEMPROF_INHERITED UINT64_MAX

/* A block of frames of one thread, linked so that a stack can grow without
 * moving. */
struct memprof_frames {
  struct memprof_head head;
  memprof_ref thread;
  memprof_ref below, above; /* FRAMES records of the same stack */
  uint32_t count; /* frames that follow, each aligned to MEMPROF_UNIT */
  uint64_t unused;
  /* struct memprof_frame[count] */
};

/* One finished call, for plots of memory over time. */
struct memprof_span {
  uint64_t number;   /* 1, 2, 3, ... in the order of ends; 0 while it is being
                        written */
  uint32_t function; /* id */
  memprof_ref thread;
  uint64_t start_ns, end_ns;          /* since header.started_ticks */
  int64_t live_at_start, live_at_end; /* of the thread */
  uint64_t peak;                      /* of the call */
  uint64_t unused;
};

/* The latest spans of the process: span n stands in place (n - 1) % count. */
struct memprof_spans {
  struct memprof_head head;
  uint32_t count; /* places that follow */
  uint32_t unused;
  uint64_t written; /* atomic: spans so far; written - count are overwritten */
  uint64_t unused2;
  /* struct memprof_span[count] */
};

/* What one process took at one moment, as `memprof run` sampled it. Bytes; pss
 * and uss are 0 where the kernel did not tell them. */
struct memprof_sample {
  uint64_t at_ns; /* since series.started_ticks */
  uint64_t rss;   /* resident set */
  uint64_t pss;   /* the same, shared pages divided by those who share them */
  uint64_t uss;   /* pages of this process alone */
  int64_t live;   /* the live bytes of its profile; MEMPROF_UNKNOWN: none */
};
#define MEMPROF_UNKNOWN INT64_MIN

/* Samples of one process over time. A process can have several such records,
 * one after the other: a part each. Written by `memprof run`, not by the
 * process. Absolute clocks: the samples of several processes of a host stand on
 * one axis, beside their spans. */
struct memprof_series {
  struct memprof_head head;
  uint32_t pid, parent;
  memprof_ref command;    /* STRING: command line, quoted as META command */
  uint32_t count;         /* samples that follow */
  uint64_t started_ns;    /* CLOCK_REALTIME at started_ticks */
  uint64_t started_ticks; /* CLOCK_MONOTONIC when sampling began, ns */
  uint64_t interval_ns;   /* between two samples, as asked for */
  /* struct memprof_sample[count] */
};

/* ---- Limits ----
 *
 * One record for each limit that holds for a function (or the process) in this
 * run, with how it went so far. */

/* Where a limit was set; the lowest number that has the metric wins.
 *
 * X(origin, number, text) */
#define MEMPROF_LIMIT_ORIGINS(X)                                               \
  X(CODE, 1, "memprof_limit_set")                                              \
  X(EXACT, 2, "the ini's section of this name")                                \
  X(MARK, 3, "the mark")                                                       \
  X(GLOB, 4, "a glob of the ini")                                              \
  X(ALL, 5, "the ini's [limits]")

#define MEMPROF_ENUM_ORIGIN(ORIGIN, NUMBER, TEXT)                              \
  MEMPROF_LIMIT_##ORIGIN = NUMBER,
enum memprof_limit_origin { MEMPROF_LIMIT_ORIGINS(MEMPROF_ENUM_ORIGIN) };
#undef MEMPROF_ENUM_ORIGIN

struct memprof_limit {
  struct memprof_head head;
  uint32_t function; /* id; 0: the process */
  uint32_t metric;   /* index for limit_metric_name() of common/limit.h */
  uint32_t origin;   /* enum memprof_limit_origin */
  memprof_ref where; /* STRING: "parse.c:12", "profile_config.ini:7" */
  uint64_t floor;    /* smallest value allowed */
  uint64_t ceiling;  /* largest value allowed; UINT64_MAX: none was given */
  /* atomic from here on; of several threads' calls the worst */
  uint64_t checks;     /* values that were compared: finished calls, or 1 */
  uint64_t violations; /* of them outside floor..ceiling */
  uint64_t worst;      /* the value furthest outside; without violations the
                          largest */
  uint64_t worst_call; /* number of that call of the function, from 1, in the
                          order in which they end; 0: none, the metric is the
                          run's, or nobody called it and there is a floor */
  memprof_ref test;    /* NODE of the test during which that was; 0: none */
  uint32_t unused;
};

#ifndef __cplusplus
_Static_assert(offsetof(struct memprof_header, rooms_lock) % 64 == 0 &&
                   offsetof(struct memprof_header, rooms) % 64 == 0,
               "what threads share starts a cache line");
_Static_assert(offsetof(struct memprof_frame, hits) == 0,
               "memprof_abi.h: frame.hits comes first");
_Static_assert(offsetof(struct memprof_frame, line) == sizeof(void *),
               "memprof_abi.h: then frame.line");
_Static_assert(sizeof(struct memprof_frame) % MEMPROF_UNIT == 0,
               "frames are refs' targets");
_Static_assert(sizeof(struct memprof_frames) % MEMPROF_UNIT == 0,
               "frames start at a unit");
_Static_assert(sizeof(struct memprof_node) % 8 == 0,
               "steps follow, then hits, aligned");
_Static_assert(sizeof(struct memprof_spans) % 8 == 0, "spans follow, aligned");
_Static_assert(sizeof(struct memprof_series) % 8 == 0,
               "samples follow, aligned");
_Static_assert(sizeof(struct memprof_unit) % 8 == 0,
               "a description follows, aligned");
_Static_assert(sizeof(struct memprof_function) % 8 == 0,
               "a descriptor follows, aligned");

static inline const struct memprof_abi_record *
memprof_function_record(const struct memprof_function *f) {
  return (const struct memprof_abi_record *)(f + 1);
}
static inline const struct memprof_abi_unit *
memprof_unit_description(const struct memprof_unit *u) {
  return (const struct memprof_abi_unit *)(u + 1);
}
/* How the calls of two contexts add up. is_first: `to` has none yet;
 * is_earliest: the first call is among those of `from`. */
static inline void memprof_stat_add(struct memprof_stat *to,
                                    const struct memprof_stat *from,
                                    int is_first, int is_earliest) {
  if (is_first || from->min < to->min)
    to->min = from->min;
  if (is_first || from->max > to->max)
    to->max = from->max;
  if (is_first || is_earliest)
    to->first = from->first;
  to->sum += from->sum;
}
/* How far a value is outside of what a limit allows; 0: it is allowed. */
static inline uint64_t memprof_limit_excess(const struct memprof_limit *limit,
                                            uint64_t value) {
  if (value > limit->ceiling)
    return value - limit->ceiling;
  return value < limit->floor ? limit->floor - value : 0;
}
/* Of header.live: whether there may be rooms, and the bytes with theirs. */
static inline int memprof_has_rooms(uint64_t live) {
  return (int64_t)live >= MEMPROF_ROOMS_GIVEN / 2;
}
static inline int64_t memprof_live_with_rooms(uint64_t live) {
  return (int64_t)(live - (memprof_has_rooms(live) ? MEMPROF_ROOMS_GIVEN : 0));
}
/* Bytes of tracked blocks not yet released. While all rooms are recalled they
 * keep their bytes, until header.live says that there are none. */
static inline int64_t memprof_header_live(const struct memprof_header *h) {
  uint64_t word = h->live, live = (uint64_t)memprof_live_with_rooms(word);
  for (unsigned i = 0; memprof_has_rooms(word) && i < MEMPROF_ROOMS; i++)
    live -= h->rooms[i].bytes & ~MEMPROF_NO_ROOM;
  return (int64_t)live;
}
static inline uint64_t memprof_line_kept(const struct memprof_line *l) {
  return l->bytes - l->returned - l->returned_elsewhere;
}
/* Bytes allocated here that were live at the process's high-water mark. */
static inline uint64_t memprof_line_at_peak(const struct memprof_line *l,
                                            uint64_t peak_epoch) {
  return l->peak_epoch == peak_epoch ? l->at_peak : memprof_line_kept(l);
}
static inline memprof_ref *memprof_node_steps(const struct memprof_node *n) {
  return (memprof_ref *)(n + 1);
}
static inline uint64_t *memprof_node_hits(const struct memprof_node *n) {
  return (uint64_t *)(memprof_node_steps(n) +
                      (size_t)n->line_count * MEMPROF_STEPS);
}
static inline memprof_ref *memprof_node_lines(const struct memprof_node *n) {
  return (memprof_ref *)(memprof_node_hits(n) + n->line_count);
}
/* Bytes of a node with so many lines. */
static inline uint64_t memprof_node_bytes(uint32_t line_count) {
  return sizeof(struct memprof_node) +
         line_count * (sizeof(uint64_t) +
                       (1 + MEMPROF_STEPS) * (uint64_t)sizeof(memprof_ref));
}
/* The line of `caller` from which the call of context `node` was made. */
static inline uint32_t memprof_call_line(const struct memprof_node *node,
                                         const struct memprof_frame *caller) {
  return node->parent == caller->node ? node->parent_line : caller->line;
}
#endif

#endif
