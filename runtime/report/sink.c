/* sink.c - a buffered file descriptor that never kills or stalls its host more
 * than write(2) does. */
#include "sink.h"
#include "../common/printable.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void sink_init(struct sink *sink, int fd) {
  sink->fd = fd;
  sink->error = 0;
  sink->used = 0;
}

static int write_all(int fd, const char *text, size_t length) {
  while (length) {
    ssize_t written = write(fd, text, length);
    if (written >= 0) {
      text += written;
      length -= (size_t)written;
    } else if (errno == EAGAIN) { /* someone made our stderr non-blocking */
      struct pollfd ready = {.fd = fd, .events = POLLOUT};
      if (poll(&ready, 1, -1) < 0 && errno != EINTR)
        return errno;
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

/* A reader of our output that went away must not change how the program under
 * test ends: SIGPIPE is held back, and ours is taken out again. */
static int write_quietly(int fd, const char *text, size_t length) {
  sigset_t pipe_only, before, pending;
  sigemptyset(&pipe_only);
  sigaddset(&pipe_only, SIGPIPE);
  bool was_pending =
      sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
  bool blocked = pthread_sigmask(SIG_BLOCK, &pipe_only, &before) == 0;
  int error = write_all(fd, text, length);
  if (blocked) {
    if (error == EPIPE && !was_pending)
      sigtimedwait(&pipe_only, NULL, &(struct timespec){0});
    pthread_sigmask(SIG_SETMASK, &before, NULL);
  }
  return error;
}

int sink_flush(struct sink *sink) {
  int kept = errno;
  if (sink->used && !sink->error)
    sink->error = write_quietly(sink->fd, sink->buffer, sink->used);
  sink->used = 0;
  errno = kept;
  return sink->error;
}

/* How much of what is wanted fits now: at least one byte. */
static size_t make_room(struct sink *sink, size_t wanted) {
  if (sink->used == sizeof sink->buffer)
    sink_flush(sink);
  size_t room = sizeof sink->buffer - sink->used;
  return room < wanted ? room : wanted;
}

void sink_write(struct sink *sink, const char *text, size_t length) {
  while (length) {
    size_t part = make_room(sink, length);
    memcpy(sink->buffer + sink->used, text, part);
    sink->used += part;
    text += part;
    length -= part;
  }
}

void sink_repeat(struct sink *sink, char c, size_t times) {
  while (times) {
    size_t part = make_room(sink, times);
    memset(sink->buffer + sink->used, c, part);
    sink->used += part;
    times -= part;
  }
}

void sink_text(struct sink *sink, const char *text) {
  sink_write(sink, text, strlen(text));
}

void sink_printable(struct sink *sink, const char *text, size_t length) {
  while (length) {
    size_t span = printable_span(text, length);
    sink_write(sink, text, span);
    if (span < length)
      sink_printf(sink, "\\x%02X", (unsigned char)text[span++]);
    text += span;
    length -= span;
  }
}

void sink_name(struct sink *sink, const char *text) {
  sink_printable(sink, text, strlen(text));
}

void sink_printf(struct sink *sink, const char *format, ...) {
  char text[4096];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (length > 0)
    sink_write(sink, text,
               (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}
