/* render_compare.h - the formats of `memprof check` and `memprof diff`. */
#ifndef MEMPROF_RENDER_COMPARE_H
#define MEMPROF_RENDER_COMPARE_H

#include "compare.h"
#include <stdio.h>

/* Failed writes are found by outfile_commit(). */
typedef void render_compare(const struct comparison *comparison, FILE *to);

/* X(format): the word of --format, and compare_<format>. */
#define COMPARE_FORMATS(X)                                                     \
  X(text)                                                                      \
  X(json)                                                                      \
  X(markdown)                                                                  \
  X(github)

#define DECLARE_FORMAT(FORMAT) render_compare compare_##FORMAT;
COMPARE_FORMATS(DECLARE_FORMAT)
#undef DECLARE_FORMAT

/* The text of `memprof diff`: tables. */
render_compare diff_text;

/* In the order of COMPARE_FORMATS. */
extern render_compare *const compare_formats[];

/* Writes it there; NULL: to standard output. Returns false after error(). */
bool compare_write(const struct comparison *comparison, render_compare *format,
                   const char *output);

/* ---- What they have in common ---- */

/* "allocs 3 -> 4 (+1, +33.3 %)" */
void print_change(FILE *to, enum metric metric, uint64_t before,
                  uint64_t after);
/* "+33.3 %", of a value that was not 0; else "". */
void percent_text(char *out, size_t capacity, uint64_t before, uint64_t after);
/* "12 functions and the process compared: 1 worse, 1 new" */
void print_summary(FILE *to, const struct comparison *comparison);
/* "the limit peak=64 MiB (parse.c:12) is loose: the largest was 1 MiB" */
void print_loose(FILE *to, const struct loose_limit *limit);
/* "worse", "better", "new", "gone" */
extern const char *const change_names[CHANGE_COUNT];
/* Bytes as people read them, or a count: "+2.875 MiB". */
void print_delta(FILE *to, enum metric metric, uint64_t before, uint64_t after);

enum { LINES_SHOWN = 3 }; /* of those that grew, for each metric */

#endif
