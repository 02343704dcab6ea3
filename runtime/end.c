/* end.c - writes the report, once, at the end of the process. */
#define _GNU_SOURCE
#include "entry.h"
#include "report/report.h"
#include "runtime.h"
#include "wake.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- The report ---- */

typedef void renderer(const struct report *report,
                      const struct report_style *style, struct scratch *scratch,
                      struct sink *sink);

static int render(renderer *what, const struct report *report,
                  struct scratch *scratch, int fd) {
  static struct sink sink; /* too big for a small stack */
  struct report_style style = {
      .unit = (enum size_unit)mprt_config.unit,
      .precision = mprt_config.precision,
      .columns = mprt_config.columns,
      .sort = mprt_config.sort,
      .top = mprt_config.top,
      .show_limits = mprt_config.show_limits,
  };
  sink_init(&sink, fd);
  what(report, &style, scratch, &sink);
  return sink_flush(&sink);
}

/* To where the user asked; if that fails, said so, to stderr: nothing is lost.
 */
static bool render_to_stream(const struct report *report,
                             struct scratch *scratch, const char *stream) {
  static char name[PATH_MAX];
  int fd = mprt_stream_open(stream, mprt_header()->started_ns, mprt_is_forked(),
                            name, sizeof name);
  if (fd == MPRT_STREAM_NONE) /* but a run does not fail without a reason */
    return render(render_limits, report, scratch, STDERR_FILENO) == 0;
  int error = fd < 0 ? errno : render(render_text, report, scratch, fd);
  if (fd >= 0)
    mprt_stream_close(fd);
  if (!error || fd == STDERR_FILENO)
    return !error;
  mprt_message("cannot write the report to '%s': %s", name,
               strerrordesc_np(error));
  render(render_text, report, scratch, STDERR_FILENO);
  return false;
}

/* verdict: at the end of the process, where the exit status of a program goes
 * that would have succeeded, or 0; else NULL. */
static bool write_report(const char *stream, int *verdict) {
  struct scratch scratch = {0};
  static struct profile profile;
  static struct report report;
  char error[256] = "out of memory";
  bool is_written = false;
  struct memprof_header *header = mprt_header();
  uint64_t used = atomic_load_explicit((_Atomic uint64_t *)&header->used,
                                       memory_order_acquire);
  if (profile_open(&profile, header, used, &scratch, error, sizeof error) &&
      report_build(&report, &profile, mprt_config.threads, &scratch)) {
    if (verdict)
      mprt_verdict_prepare(&report, &scratch);
    is_written = render_to_stream(&report, &scratch, stream);
    if (verdict)
      *verdict = mprt_verdict(&report);
  } else {
    mprt_message("no report: %s", error);
  }
  scratch_release(&scratch);
  return is_written;
}

/* Building the report of many contexts takes as long as a short run. */
static bool is_wanted(const char *stream) {
  return !mprt_stream_is_none(stream) || mprt_verdict_needs_report();
}

static bool report_locked(const char *stream, int *verdict) {
  static _Atomic uint32_t lock; /* of what is static above */
  if (!mprt_lock(&lock))
    return false;
  bool is_written = true;
  if (is_wanted(stream))
    is_written = write_report(stream, verdict);
  else if (verdict)
    *verdict = mprt_verdict(NULL);
  mprt_unlock(&lock);
  return is_written;
}

bool mprt_report(const char *stream) { return report_locked(stream, NULL); }

/* Once per process. A child that shares our memory (vfork) is not the process
 * that counts; one that has counted nothing has nothing to say. */
static _Atomic bool ended;

/* A status that is not known, but not 0. */
enum { FAILED = -1 };

/* Returns the status with which the process is to end: another one if it
 * would have been 0. */
static int end_once(enum memprof_end end, int status) {
  int saved_errno = errno;
  if (mprt_awake() >= MPRT_AWAKE && mprt_header()->pid == (uint32_t)getpid() &&
      !atomic_exchange(&ended, true)) {
    mprt_header_end(end, status == FAILED ? 0 : status);
    int verdict = 0;
    report_locked(mprt_config.stream, &verdict);
    if (verdict && !status) {
      status = verdict;
      mprt_message("the exit status is %d, not 0", status);
      mprt_header_end(MEMPROF_END_EXIT, status);
    }
    mprt_arena_close();
  }
  errno = saved_errno;
  return status;
}

bool mprt_has_ended(void) { return ended; }

/* ---- When ---- */

/* What the program wrote comes before our report. Not fflush(NULL): that waits
 * for a stream that another thread is reading from, and the program would never
 * end. */
static void flush_output(FILE *stream) {
  if (ftrylockfile(stream) != 0)
    return;
  fflush_unlocked(stream);
  funlockfile(stream);
}

/* exit() runs the handler and our destructor, in an order that depends on how
 * we are linked. Whatever runs between them still counts. Only the handler is
 * told the status, and only glibc's. */
static enum memprof_end normal = MEMPROF_END_UNKNOWN;
static int normal_status;

/* After all handlers and destructors: the streams are flushed behind it. */
static void exit_instead(int status);

static void normal_end(void) {
  static _Atomic unsigned ends;
  if (atomic_fetch_add(&ends, 1) != 1 || !mprt_is_awake())
    return;
  flush_output(stdout);
  flush_output(stderr);
  int status = end_once(normal, normal_status);
  if (status != normal_status)
    exit_instead(status);
}

#ifdef __GLIBC__
/* glibc goes on with the handlers that are left, and takes the status of the
 * last call of exit(). */
static void at_last(int unused, void *status) {
  (void)unused;
  exit((int)(intptr_t)status);
}

/* From a destructor the others come first: a handler that is added now is run
 * after all of them. */
static void exit_instead(int status) {
  if (on_exit(at_last, (void *)(intptr_t)status) != 0)
    exit(status);
}

static void at_exit(int status, void *unused) {
  (void)unused;
  normal = MEMPROF_END_EXIT;
  normal_status = status & 0xff;
  normal_end();
}
static bool handle_exit(void) { return on_exit(at_exit, NULL) == 0; }
#else
/* The status is not known here: a program that failed, too, ends with this one.
 */
static void exit_instead(int status) {
  fflush(NULL);
  _Exit(status);
}
static bool handle_exit(void) { return atexit(normal_end) == 0; }
#endif

__attribute__((destructor(101))) static void at_unload(void) { normal_end(); }

/* Of sanitizer/common_interface_defs.h. Who finds a leak or a bug ends the
 * process by a system call, without handlers; also in atexit's. */
extern void __sanitizer_set_death_callback(void (*callback)(void))
    __attribute__((weak));

static void at_death(void) { end_once(MEMPROF_END_UNKNOWN, FAILED); }

/* Of quick_exit(), whose handlers are not told the status. */
static enum memprof_end quick = MEMPROF_END_UNKNOWN;
static int quick_status;

void __memprofpass_quick_ending(int status) {
  quick = MEMPROF_END_EXIT;
  quick_status = status & 0xff;
}

/* Its handlers may call it again, as exit's may call exit. */
static void at_quick_end(void) {
  int status = end_once(quick, quick_status);
  if (status != quick_status)
    quick_exit(status);
}

void mprt_end_init(void) {
  /* without the handler, the destructor is the later of the two */
  if (!handle_exit())
    normal_end();
  at_quick_exit(at_quick_end);
  if (__sanitizer_set_death_callback)
    __sanitizer_set_death_callback(at_death);
}

int __memprofpass_ending(int signal, int status) {
  if (!signal)
    return end_once(MEMPROF_END_EXIT, status & 0xff);
  end_once(MEMPROF_END_SIGNAL, signal);
  return status;
}
