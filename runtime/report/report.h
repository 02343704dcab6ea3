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

/* ---- profile: an image, checked once, so that what follows may trust it
 * -------------------------------- */

struct profile {
  const unsigned char
      *image;  /* the bytes; read-only, may change under us when live */
  size_t size; /* bytes of it that hold whole records */
  const struct memprof_header *header;
  const struct memprof_function *
      *functions; /* [function_count], index = id - 1 */
  size_t function_count;
  const struct memprof_thread *
      *threads; /* [thread_count], in the order of records */
  size_t thread_count;
  const struct memprof_node **nodes; /* [node_count] */
  size_t node_count;
};

/* Checks every offset, count and reference of the image. Returns true, or false
 * with a message in `error` that gives the byte offset. A record that stands
 * past `used` or is cut off ends the profile there. */
bool profile_open(struct profile *profile, const void *image, size_t size,
                  struct scratch *scratch, char *error, size_t capacity);

/* ---- rows: what the profile says, added up by function and by (file, line)
 * ------------------------------ */

struct row {
  unsigned line;  /* 1-based; 0 when the function was compiled without -g */
  unsigned file;  /* index into function_rows.files */
  bool has_event; /* an event stands on it: mem_usage is its own, else repeated
                     from above */
  uint64_t stamp; /* of the latest event; LAST counters follow it */
  uint64_t occurrences; /* 0: never executed, its cells are blank */
  int64_t mem_usage, increment;
  uint64_t allocs, frees, bytes, freed, peak, kept;
};

struct source_file {
  const char *name;         /* as compiled */
  const char *directory;    /* NULL when name is absolute */
  const unsigned char *md5; /* 16 bytes, or NULL */
  const char *module; /* path of the program or library, or NULL: its age tells
                         a newer source */
};

struct function_rows {
  const char *name, *signature;
  const char *reason; /* left out of instrumentation: why; else NULL */
  bool selected;
  uint64_t calls; /* unfinished ones included */
  struct memprof_stat
      per_call[MEMPROF_CALL_METRIC_COUNT];    /* unfinished calls included as if
                                                 they ended now */
  uint64_t allocs, frees, bytes, freed, kept; /* sums of the rows */
  struct source_file *files;
  size_t file_count;
  struct row *rows; /* row 0 is the definition line; the others ascend by (file,
                       line), one row per line */
  size_t row_count;
};

struct report {
  struct function_rows *functions; /* in the order of records: as marked */
  size_t function_count;
  struct row outside; /* scope=process: all events outside marked functions */
  const struct memprof_header *header;
};

/* Adds the profile up. Returns false when memory runs out. */
bool report_build(struct report *report, const struct profile *profile,
                  struct scratch *scratch);

/* ---- render_text: the table
 * --------------------------------------------------------------------------------
 */

struct report_style {
  enum size_unit unit;
  unsigned precision;
  const char *columns; /* "standard", "all" or column names */
  unsigned sort;       /* index into the option's values */
  unsigned top;        /* 0: all */
};

/* Whether a `columns` value is understood; a message in `error` if not. */
bool report_columns_check(const char *columns, char *error, size_t capacity);

/* The whole text report: tables, "not executed", or "nothing was measured" with
 * the reason. */
void render_text(const struct report *report, const struct report_style *style,
                 struct scratch *scratch, struct sink *sink);

#pragma GCC visibility pop
#endif
