/* progress.c - draws the bar. */
#define _GNU_SOURCE
#include "progress.h"
#include <stdio.h>
#include <unistd.h>

static bool is_after_a_second(const struct timespec *started) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec > started->tv_sec + 1 ||
         (now.tv_sec == started->tv_sec + 1 && now.tv_nsec >= started->tv_nsec);
}

void progress_start(struct progress *progress, size_t total, const char *what) {
  *progress = (struct progress){
      .is_terminal = isatty(STDERR_FILENO), .total = total, .what = what};
  clock_gettime(CLOCK_MONOTONIC, &progress->started);
}

void progress_start_printing(struct progress *progress, size_t total,
                             const char *what, int to) {
  progress_start(progress, total, what);
  progress->is_terminal = progress->is_terminal && !isatty(to);
}

void progress_show(struct progress *progress, size_t done) {
  enum { WIDTH = 40 };
  static const char full[WIDTH + 1] =
      "########################################";
  if (!progress->is_terminal || !progress->total ||
      (!progress->is_shown && !is_after_a_second(&progress->started)))
    return;
  int filled = (int)((double)done / (double)progress->total * WIDTH);
  fprintf(stderr, "\r[%.*s%*s] %zu of %zu %s", filled, full, WIDTH - filled, "",
          done, progress->total, progress->what);
  progress->is_shown = true;
}

void progress_clear(struct progress *progress) {
  if (progress->is_shown)
    fputs("\r\033[K", stderr);
  progress->is_shown = false;
}
