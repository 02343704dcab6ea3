/* memprof_limits.h - how much one process can have of everything, and what
 * becomes of the rest: past a limit there is one message, what is known already
 * goes on counting, and the report says what was dropped. */
#ifndef MEMPROF_LIMITS_H
#define MEMPROF_LIMITS_H

/* X(what, most, plural, counter)
 *
 * - most: how many there can be in a process.
 * - plural: as a message names them.
 * - counter: of the process, in memprof_format.h: what was dropped.
 *
 * A function past its limit is not measured. A line counts in its thread's
 * totals only, a context in its function's root context; nothing is counted of
 * a thread. The size of all of it is bounded by the option max_file. */
#define MEMPROF_LIMITS(X)                                                      \
  X(functions, 1u << 18, "marked functions", dropped_functions)                \
  X(lines, 1u << 22, "lines with events, context by context", dropped_lines)   \
  X(contexts, 1u << 18, "calling contexts", dropped_contexts)                  \
  X(threads, 1u << 16, "threads at once", dropped_threads)

#define MEMPROF_LIMIT_ENUM(WHAT, ...) MEMPROF_MOST_##WHAT,
enum memprof_most { MEMPROF_LIMITS(MEMPROF_LIMIT_ENUM) MEMPROF_MOST_COUNT };
#undef MEMPROF_LIMIT_ENUM

#endif
