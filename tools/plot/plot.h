/* plot.h - memory over time, gathered from profile files: what is drawn, before
 * anybody thinks of pixels.
 *
 * One axis for all: processes of one run stand where they were in time, runs
 * start together. Times are ns on that axis, which begins at 0 with the first
 * thing known of a run. Names are printable UTF-8: see plot_name(). All memory
 * is the scratch's.
 */
#ifndef MEMPROF_PLOT_H
#define MEMPROF_PLOT_H

#include "report/scratch.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(id, text, meaning): the curves of a process. */
#define PLOT_METRICS(X)                                                        \
  X(rss, "RSS", "resident set")                                                \
  X(pss, "PSS", "resident set, shared pages divided")                          \
  X(uss, "USS", "pages of the process alone")                                  \
  X(live, "live", "blocks of marked functions")

#define PLOT_ENUM_METRIC(ID, TEXT, MEANING) PLOT_##ID,
enum plot_metric { PLOT_METRICS(PLOT_ENUM_METRIC) PLOT_METRIC_COUNT };
#undef PLOT_ENUM_METRIC

struct plot_point {
  int64_t at_ns, bytes;
};

/* Straight line through a curve's points, by least squares. */
struct plot_trend {
  double slope;           /* bytes per second */
  int64_t from_ns, to_ns; /* its first and last sample in the window */
  double at_from, at_to;  /* bytes of the line there */
};

struct plot_curve {
  size_t process;     /* index */
  unsigned thread;    /* 1, 2, ...: live of this one, from its calls; 0: all */
  bool is_from_calls; /* live: nobody sampled it */
  enum plot_metric metric;
  const char *label;         /* for the legend */
  struct plot_point *points; /* by time */
  size_t count;
  size_t room; /* for points while they are read */
  int64_t max; /* of the points inside the window */
  bool has_trend;
  struct plot_trend trend;
};

/* One call of a function. */
struct plot_call {
  int64_t start_ns, end_ns;
  int64_t peak; /* live of its thread above that at its start */
  bool is_open; /* it had not ended: end_ns is the end of what is known */
};

/* The calls of one function in one process. */
struct plot_function {
  size_t process; /* index */
  const char *name;
  const char *label;       /* for its row */
  struct plot_call *calls; /* by start */
  size_t count;
  int64_t peak; /* of the largest */
};

struct plot_process {
  const char *file;    /* the profile's name, without directory and ".mprof" */
  const char *name;    /* program and pid */
  const char *command; /* its command line; NULL: unknown */
  const char *label;   /* what tells it from the others; "" for a single one */
  uint32_t pid;
  bool is_named_by_itself; /* in its own profile, not as it was sampled */
  bool is_coloured;
  unsigned colour; /* 0, 1, ...: tells it from the others */
  int64_t peak;    /* the most that was live, exactly; 0: unknown */
  size_t run;      /* index */
};

/* Whose processes have one clock. */
struct plot_run {
  uint64_t id;       /* of the files' headers; 0: stands alone */
  const char *host;  /* whose monotonic clock counts; NULL: unknown */
  int64_t real_base; /* real time - that clock, ns */
  int64_t begin_ns;  /* the earliest that is known, on that clock */
  bool is_begun;
};

/* What is wanted. */
struct plot_request {
  unsigned metrics;      /* 1 << enum plot_metric, or-ed; 0: RSS, and live of a
                       single process */
  const char *function;  /* glob list; NULL: all */
  bool has_from, has_to; /* the window, ns */
  int64_t from_ns, to_ns;
  bool with_trend;
};

struct plot {
  struct plot_request request;
  struct plot_process *processes;
  size_t process_count;
  struct plot_curve *curves;
  size_t curve_count;
  struct plot_function *functions; /* largest peak first */
  size_t function_count;
  struct plot_run *runs;
  size_t run_count;
  int64_t from_ns, to_ns; /* the axis: the window, or all that is known */
  int64_t low, high;      /* bytes of the curves inside it; low <= 0 */
  int64_t peak; /* process.peak, if one process's live bytes are shown, in all
                   its time, and no curve has met it; else 0 */
  uint64_t lost_calls; /* the profiles had no more room for */
  bool is_sampled;     /* a series was there, if without samples */
  bool
      is_known; /* there were points or calls before the window and the function
                    were chosen */
  struct scratch *scratch;
};

/* Reads the files one after the other; says on stderr what a reader has to know
 * about each. Returns false after error(). */
bool plot_read(struct plot *plot, const struct plot_request *request,
               char **paths, size_t count, struct scratch *scratch);
/* Whether there is anything to draw. */
bool plot_is_empty(const struct plot *plot);

/* A text that others wrote, as every medium can show it: what is no printable
 * UTF-8 comes out as \xNN. NULL when memory runs out. */
const char *plot_name(struct scratch *scratch, const char *text);
/* "32.2 MiB"; NULL when memory runs out. */
const char *plot_size(struct scratch *scratch, int64_t bytes);
/* "0.500 MiB/s" */
void plot_slope_text(const struct plot_trend *trend, char *out,
                     size_t capacity);
/* printf into scratch memory; NULL when there is none. */
const char *plot_text(struct scratch *scratch, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Room for one more in a list of `count` things that doubles in place at powers
 * of two. NULL when memory runs out. */
void *plot_grow(struct scratch *scratch, void *list, size_t count, size_t size);

/* ---- plot_calls.c: what the spans of one profile tell ---- */

struct profile;

/* Calls of a profile, on its own clock; the open ones too. */
struct plot_spans {
  struct plot_span {
    uint32_t function, thread; /* id; index */
    bool is_open;
    int64_t start_ns, end_ns, live_at_start, live_at_end, peak;
  } * spans; /* by thread, then by start, the outer before the inner */
  size_t count;
  uint64_t lost;
};

/* `end_ns`: what open calls reach to, unless another is known to be later.
 * Returns false when memory runs out. */
bool plot_spans_read(struct plot_spans *spans, const struct profile *profile,
                     int64_t end_ns, struct scratch *scratch);
/* The live bytes of the thread whose spans these are, through every point that
 * they tell. NULL when memory runs out. */
struct plot_point *plot_spans_live(const struct plot_span *spans, size_t count,
                                   size_t *point_count,
                                   struct scratch *scratch);

#endif
