/* report.h - from a profile image to a table: read it (profile), add it up
 * (rows), print it (render_text).
 *
 * Used by the runtime at exit on its own arena, and by the tool on files. All
 * memory is scratch memory; every pointer handed out here lives as long as the
 * scratch or the image.
 */
#ifndef MEMPROF_REPORT_H
#define MEMPROF_REPORT_H

#include "../common/sizes.h"
#include "../memprof_format.h"
#include "scratch.h"
#include "sink.h"
#include <stdbool.h>

#pragma GCC visibility push(hidden)

/* ---- profile: an image, checked once, so that what follows may trust it ---- */

struct profile {
  const unsigned char *image; /* the bytes, aligned to MEMPROF_UNIT; read-only,
                                 counters may change under us when live */
  size_t size;                /* bytes of it that hold whole records */
  bool cut_off; /* the image ends before what its header says is used */
  const struct memprof_header *header;
  /* One array per kind, in the order of records, so ascending by address. The
   * id of a function is its index + 1. */
  const struct memprof_string **strings;
  size_t string_count;
  const struct memprof_function **functions;
  size_t function_count;
  const struct memprof_thread **threads;
  size_t thread_count;
  const struct memprof_node **nodes;
  size_t node_count;
  uint32_t *node_at; /* for profile_node(): where nodes start */
  const struct memprof_line **lines;
  size_t line_count;
  const struct memprof_frames **frames;
  size_t frames_count;
  const struct memprof_meta **metas;
  size_t meta_count;
  const struct memprof_unit **units;
  size_t unit_count;
  const struct memprof_sizes **sizes;
  size_t sizes_count;
  const struct memprof_spans **spans;
  size_t spans_count;
  const struct memprof_mapping **mappings;
  size_t mapping_count;
  const struct memprof_series **series;
  size_t series_count;
  const struct memprof_limit **limits;
  size_t limit_count;
};

/* Checks every offset, count and reference of the image but for
 * memprof_node_lines(), child and sibling, which a reader does not need: LINE
 * and NODE records name their owner. Returns true, or false with a message in
 * `error` that gives the byte offset. A record that stands past `used` or is
 * cut off ends the profile there. */
bool profile_open(struct profile *profile, const void *image, size_t size,
                  struct scratch *scratch, char *error, size_t capacity);

#define PROFILE_NONE ((size_t)-1)

/* Index of the node, or thread, that `ref` names, or PROFILE_NONE. Safe with
 * any value. */
size_t profile_node(const struct profile *profile, memprof_ref ref);
size_t profile_thread(const struct profile *profile, memprof_ref ref);
/* The module path of a function; NULL when unknown. */
const char *profile_module(const struct profile *profile,
                           const struct memprof_function *function);
const char *profile_unit_module(const struct profile *profile,
                                const struct memprof_unit *unit);
/* The frame that `ref` names, with its node's index in *node; NULL when it is
 * none, is not written yet or does not belong to `thread`. Safe with any value.
 */
const struct memprof_frame *profile_frame(const struct profile *profile,
                                          const struct memprof_thread *thread,
                                          memprof_ref ref, size_t *node);
/* The text of a STRING record that a checked record names; NULL for none. */
const char *profile_text(const struct profile *profile, memprof_ref ref);
/* The text of the first META record of this key; NULL when there is none. */
const char *profile_meta(const struct profile *profile,
                         enum memprof_meta_key key);
/* How many frames the image holds: bounds a walk along `caller`. */
size_t profile_frame_count(const struct profile *profile);
/* The thread's innermost frame: those that are fresh stand behind thread->top. */
memprof_ref profile_innermost(const struct profile *profile,
                              const struct memprof_thread *thread);

/* ---- rows: what the profile says, added up by function and by (file, line) */

struct row {
  unsigned line;  /* 1-based; 0 when the function was compiled without -g */
  unsigned file;  /* index into function_rows.files */
  bool has_event; /* an event stands on it: mem_usage is its own, else repeated
                     from above */
  uint64_t stamp; /* of the latest event; LAST counters follow it */
  uint64_t
      occurrences; /* 0 and no event: never executed, its cells are blank */
  int64_t mem_usage, increment;
  uint64_t allocs, frees, bytes, freed, peak, kept, temporary, at_peak;
  uint64_t maps, mapped, unmaps, unmapped;
  /* without marked callees: these add up over all rows of all functions */
  uint64_t own_allocs, own_frees, own_bytes, own_freed, own_kept, own_at_peak;
};

struct source_file {
  const char *name;         /* as compiled */
  const char *directory;    /* NULL when name is absolute */
  const unsigned char *md5; /* 16 bytes, or NULL */
  const char *module; /* path of the program or library, or NULL: its age tells
                         a newer source */
};

/* A function, or what one thread did in it. */
struct function_rows {
  const char *name, *signature; /* of a function's threads: the same pointers */
  uint32_t group;  /* see report.group_of_function; the same for its threads */
  uint32_t flags;  /* MEMPROF_RECORD_*: a test and a scope are no functions */
  unsigned thread; /* 1, 2, 3, ... in the order of THREAD records; 0: all */
  unsigned followers; /* threads that had its record after the first */
  const char *reason; /* left out of instrumentation: why; else NULL */
  bool selected;
  uint64_t calls; /* unfinished ones included */
  struct memprof_stat
      per_call[MEMPROF_CALL_METRIC_COUNT];    /* unfinished calls included as if
                                                 they ended now */
  uint64_t allocs, frees, bytes, freed, kept; /* sums of the rows */
  uint64_t mappings;                          /* maps and unmaps of the rows */
  struct source_file *files;                  /* file 0 holds the definition */
  size_t file_count;                          /* 0 when compiled without -g */
  uint64_t sizes[MEMPROF_SIZE_CLASSES]; /* allocations by block size, callees
                                           included: see memprof_sizes */
  struct row *rows; /* row 0 is the definition line; the others ascend by (file,
                       line), one row per line */
  size_t row_count; /* at least 1 */
};

struct report {
  /* As marked: files in the order of the records, in each by line. */
  struct function_rows *functions;
  size_t function_count;
  struct row outside; /* scope=process: all events outside marked functions */
  const struct memprof_header *header;
  bool cut_off;   /* the profile is not whole */
  bool by_thread; /* each thread's rows stand apart, one behind the other, where
                     it called the function or an event is charged to it; a
                     merged profile has but one thread */
  bool has_mappings; /* something was mapped with track=heap,mmap */
  const struct profile *profile;
  /* where the profile's counters went */
  const uint32_t *group_of_function; /* by index of the profile's function */
  const uint32_t *function_of_node; /* by index of a node: index of `functions`;
                                       not of roots; of no use by_thread */
  uint32_t *const *row_of_line; /* by index of the profile's function: index of
                                   a line -> index of a row */
};

/* Adds the profile up. Returns false when memory runs out. */
bool report_build(struct report *report, const struct profile *profile,
                  bool by_thread, struct scratch *scratch);

/* Whether an event was charged to it. */
static inline bool row_is_changed(const struct row *row) {
  return row->allocs || row->frees || row->maps || row->unmaps;
}

static inline bool function_is_test(const struct function_rows *function) {
  return function->flags & MEMPROF_RECORD_TEST;
}

/* Marked in the source: no test, no scope. */
static inline bool function_is_marked(const struct function_rows *function) {
  return !(function->flags & (MEMPROF_RECORD_TEST | MEMPROF_RECORD_SCOPE));
}

/* Whether it has a table: a test has none. */
static inline bool function_is_measured(const struct function_rows *function) {
  return !function_is_test(function) && (function->calls || function->allocs ||
                                         function->frees || function->mappings);
}

/* ---- render_text: the table ---- */

struct report_style {
  enum size_unit unit;
  unsigned precision;
  const char *columns;     /* "standard", "all" or column names */
  unsigned sort;           /* index into the option's values */
  unsigned top;            /* 0: all */
  const char *source_root; /* where sources are looked for first; NULL: none */
  bool is_brief;           /* a table has no lines without a row */
  bool show_limits;        /* one line for each limit that holds, too */
};

/* Whether a `columns` value is understood; a message in `error` if not. */
bool report_columns_check(const char *columns, char *error, size_t capacity);

/* Whether anything was counted: a call or an event. */
bool report_is_measured(const struct report *report);

/* How the limits did: those that were broken, with what would be allowed next
 * time. */
void render_limits(const struct report *report,
                   const struct report_style *style, struct scratch *scratch,
                   struct sink *sink);

/* The whole text report: tables, "not executed", or "nothing was measured" with
 * the reason, limits. */
void render_text(const struct report *report, const struct report_style *style,
                 struct scratch *scratch, struct sink *sink);

#pragma GCC visibility pop
#endif
