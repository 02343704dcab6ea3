/* texts.h - texts that others wrote, on their way into a file that another
 * program reads. */
#ifndef MEMPROF_TOOL_TEXTS_H
#define MEMPROF_TOOL_TEXTS_H

#include "report/report.h"
#include <stdio.h>

/* Room for one text; zero-initialise, texts_release frees. */
struct texts {
  char *bytes;
  size_t size;
};

/* The text as well-formed UTF-8 without control characters but tabs: what else
 * there is comes out as \xNN, as on a terminal. Valid until the next call; ""
 * when memory runs out. */
const char *texts_clean(struct texts *texts, const char *text, size_t length);
void texts_release(struct texts *texts);

/* A number in decimal, without an end, at the end of `room`: how long it is.
 * printf takes five times as long. */
enum { TEXTS_NUMBER = 24 };
size_t texts_number(char room[TEXTS_NUMBER], int64_t value);

/* "f.c:2"; "f.c" for line 0; "(no -g)" without a file. Cleaned. */
const char *texts_place(struct texts *texts, const struct source_file *file,
                        unsigned line);

#endif
