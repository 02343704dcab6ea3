/* message.c - what the runtime says to the user, on stderr. */
#include "config.h"
#include "report/sink.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

void mprt_message(const char *format, ...) {
  int saved_errno = errno;
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  int wanted = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  size_t length = wanted < 0 ? 0 : (size_t)wanted;
  if (length >= sizeof text)
    length = sizeof text - 1;
  struct sink sink;
  sink_init(&sink, STDERR_FILENO);
  sink_text(&sink, "memprof: ");
  /* a file's bytes may stand in it: they must not move the user's cursor */
  sink_printable(&sink, text, length);
  sink_text(&sink, "\n");
  sink_flush(&sink);
  errno = saved_errno;
}
