/* sink.h - where a report is written: a buffered file descriptor. No heap, no
 * stdio. */
#ifndef MEMPROF_REPORT_SINK_H
#define MEMPROF_REPORT_SINK_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

struct sink {
  int fd;
  int error; /* errno of the first failed write; 0 while all is well */
  size_t used;
  char buffer[4096];
};

void sink_init(struct sink *sink, int fd);
void sink_write(struct sink *sink, const char *text, size_t length);
void sink_repeat(struct sink *sink, char c, size_t times);
/* printf's own conversions; a single item is cut at 4 KiB, long texts go
 * through sink_text(). */
void sink_printf(struct sink *sink, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void sink_text(struct sink *sink, const char *text);
/* A text that others wrote: what a terminal would obey comes out as \xNN. */
void sink_printable(struct sink *sink, const char *text, size_t length);
void sink_name(struct sink *sink, const char *text);
/* Returns 0, or the errno of the first failed write. */
int sink_flush(struct sink *sink);

#pragma GCC visibility pop

#endif
