/* watch.h - what a running process has counted, as a table and on a screen. */
#ifndef MEMPROF_TOOL_WATCH_H
#define MEMPROF_TOOL_WATCH_H

#include "input.h"
#include <stdio.h>

/* X(column, heading, type): of each function, as in the line above its table.
 */
#define WATCH_COLUMNS(X)                                                       \
  X(calls, "Calls", COUNT)                                                     \
  X(allocs, "Allocs", COUNT)                                                   \
  X(bytes, "Bytes", SIZE)                                                      \
  X(peak, "Peak", SIZE)                                                        \
  X(kept, "Kept", SIZE)

#define ENUM_COLUMN(COLUMN, HEADING, TYPE) WATCH_##COLUMN,
enum watch_column { WATCH_COLUMNS(ENUM_COLUMN) WATCH_COLUMN_COUNT };
#undef ENUM_COLUMN

struct watched_row {
  const char *name;
  uint64_t values[WATCH_COLUMN_COUNT];
};

/* The profile at one moment. */
struct watched {
  struct input input;
  enum input_state state;
  enum watch_column sort;
  struct watched_row *rows; /* measured ones, largest first by `sort` */
  size_t count;
};

/* Returns false after error(). */
bool watched_read(struct watched *watched, const char *path,
                  enum watch_column sort);
void watched_release(struct watched *watched);

/* "process 4711 is running: live 1.000 MiB, peak 2.000 MiB" */
void watched_title(const struct watched *watched, char *out, size_t capacity);
/* The heading, for row NULL, or a row, in `width` columns of a terminal at
 * least; names are cut. */
void watched_line(const struct watched *watched, const struct watched_row *row,
                  int width, char *out, size_t capacity);
/* All of it, for a file. */
void watched_print(const struct watched *watched, FILE *to);

/* Until the process ends or the user does. Returns false after error(). */
bool watch_screen(const char *path, enum watch_column sort, double interval);

#endif
