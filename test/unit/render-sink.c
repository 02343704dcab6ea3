/* The sink: what a file descriptor may do to a report, and a report must not do
 * to its host.
 * RUN: %unit %s -o %t && %t
 */
#include "check.h"
#include "report/sink.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static struct sink sink;
static int ends[2];
static char received[1 << 20];
static size_t received_size;

static pthread_t writer;

/* Interrupts the writer while the pipe is full, then reads to the end. */
static void *receive(void *unused) {
  int waiting = 0;
  while (ioctl(ends[0], FIONREAD, &waiting) == 0 && waiting < 60000)
    sched_yield();
  for (int i = 0; i < 100; i++) {
    pthread_kill(writer, SIGUSR1);
    sched_yield();
  }
  ssize_t got;
  received_size = 0;
  while ((got = read(ends[0], received + received_size, 777)) > 0)
    received_size += (size_t)got;
  return unused;
}

static unsigned interruptions;
static void on_signal(int signal) {
  (void)signal;
  interruptions++;
}

/* Everything arrives in order through a full pipe, a non-blocking descriptor
 * and interrupted writes. */
static void through_a_pipe(int flags) {
  if (pipe(ends))
    abort();
  fcntl(ends[1], F_SETFL, flags);
  pthread_t reader;
  pthread_create(&reader, NULL, receive, NULL);
  sink_init(&sink, ends[1]);
  char expected[16];
  for (unsigned i = 0; i < 40000; i++)
    sink_printf(&sink, "line %06u\n", i);
  CHECK(sink_flush(&sink) == 0);
  close(ends[1]);
  pthread_join(reader, NULL);
  close(ends[0]);
  CHECK(received_size == 40000 * 12);
  for (unsigned i = 0; i < 40000; i++) {
    snprintf(expected, sizeof expected, "line %06u\n", i);
    if (memcmp(received + i * 12, expected, 12)) {
      CHECK(!"a line arrives whole");
      break;
    }
  }
}

/* More of one character than the buffer holds, between others. */
static void repeated(void) {
  static char expected[10000];
  memset(expected, '=', sizeof expected);
  expected[0] = expected[9999] = '|';
  if (pipe(ends))
    abort();
  sink_init(&sink, ends[1]);
  sink_text(&sink, "|");
  sink_repeat(&sink, '=', 9998);
  sink_repeat(&sink, '-', 0);
  sink_text(&sink, "|");
  CHECK(sink_flush(&sink) == 0);
  close(ends[1]);
  ssize_t got;
  received_size = 0;
  while ((got = read(ends[0], received + received_size, 777)) > 0)
    received_size += (size_t)got;
  close(ends[0]);
  CHECK(received_size == sizeof expected &&
        !memcmp(received, expected, sizeof expected));
}

static void reader_gone(void) {
  if (pipe(ends))
    abort();
  close(ends[0]);
  sink_init(&sink, ends[1]);
  sink_text(&sink, "nobody reads this\n");
  errno = 77;
  CHECK(sink_flush(&sink) == EPIPE); /* and no SIGPIPE killed us */
  CHECK(errno == 77);
  sink_text(&sink, "nor this\n");
  CHECK(sink_flush(&sink) == EPIPE && sink.error == EPIPE);
  sigset_t set;
  CHECK(sigpending(&set) == 0 && !sigismember(&set, SIGPIPE));
  CHECK(pthread_sigmask(SIG_BLOCK, NULL, &set) == 0);
  CHECK(!sigismember(&set, SIGPIPE));
  close(ends[1]);
}

/* The program's own pending SIGPIPE stays its own. */
static void program_holds_one(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  raise(SIGPIPE);
  if (pipe(ends))
    abort();
  close(ends[0]);
  sink_init(&sink, ends[1]);
  sink_text(&sink, "x");
  CHECK(sink_flush(&sink) == EPIPE);
  CHECK(sigpending(&set) == 0 && sigismember(&set, SIGPIPE));
  close(ends[1]);
  signal(SIGPIPE, SIG_IGN); /* drops it */
}

static void full_device(void) {
  int fd = open("/dev/full", O_WRONLY);
  sink_init(&sink, fd);
  for (int i = 0; i < 10000; i++)
    sink_text(&sink, "no room\n");
  CHECK(sink_flush(&sink) == ENOSPC);
  close(fd);
}

static void long_item(void) {
  static char text[10001];
  memset(text, 'x', sizeof text - 1);
  FILE *file = tmpfile();
  sink_init(&sink, fileno(file));
  sink_text(&sink, text);
  sink_printf(&sink, "%s", text); /* cut, as documented */
  CHECK(sink_flush(&sink) == 0);
  CHECK(lseek(fileno(file), 0, SEEK_END) == 10000 + 4095);
  fclose(file);
}

int main(void) {
  writer = pthread_self();
  sigaction(SIGUSR1, &(struct sigaction){.sa_handler = on_signal}, NULL);
  through_a_pipe(0);
  through_a_pipe(O_NONBLOCK);
  CHECK(interruptions > 0);
  repeated();
  reader_gone();
  program_holds_one();
  full_device();
  long_item();
  return CHECK_RESULT();
}
