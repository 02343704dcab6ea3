/* wake.h - what the files of waking up and of ending ask of each other. */
#ifndef MPRT_WAKE_H
#define MPRT_WAKE_H

#include "entry.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#pragma GCC visibility push(hidden)

/* ---- init.c ---- */

/* Sets the awake word, once there is a gate. */
void mprt_awake_set(enum mprt_awake value);
/* Plain no more: from now on other stacks than the threads' own count. */
void mprt_awake_ask(void);

/* ---- selftest.c: do the allocator's calls come to us? ---- */

/* The entry points of this process; NULL when there are none, or those of
 * another version. */
struct memprof_entries *mprt_entries(void);
/* Calls each entry point once, while awake, and decides which of them count.
 * Returns false, after a message, when calls bypass us. */
bool mprt_selftest(void);

enum mprt_event { MPRT_ALLOCATED, MPRT_FREED, MPRT_REALLOCATED, MPRT_EVENTS };
/* An event while the awake word says that the self-test runs. */
void mprt_selftest_event(enum mprt_event event);

/* ---- sanitizer.c: the allocator is a sanitizer's ---- */

/* Installs our hooks in the sanitizer's allocator; says what they miss. Returns
 * false, silently, when there is none. */
bool mprt_sanitizer_init(void);
/* True from then on. Constant after init. */
extern bool mprt_sanitizer_counts;
/* Whether the hooks have counted the block, which the pass saw, too. */
bool mprt_sanitizer_saw(const void *block);
/* While this thread is inside a realloc that the pass saw. */
void mprt_sanitizer_hush(bool hush);

/* ---- end.c: the ends of the process ---- */

/* Arranges for the report at a normal end. Called when waking. */
void mprt_end_init(void);
/* Whether the report is written, or being written. */
bool mprt_has_ended(void);

/* ---- verdict.c: whether the run fails ---- */

struct report;
struct scratch;
/* Whether anything but the names of limits is to be judged: without it a report
 * that nobody wants need not be built. */
bool mprt_verdict_needs_report(void);
/* At the end, before the report is printed: checks what only now can be. */
void mprt_verdict_prepare(const struct report *report, struct scratch *scratch);
/* Says on stderr what is wrong; report: NULL when none is needed. Returns the
 * exit status of a program that would have succeeded; 0 when nothing is wrong
 * with it. */
int mprt_verdict(const struct report *report);

/* ---- pattern.c: paths with %p %e %h %t ---- */

/* Whether all of a pattern is understood; a message in `error` if not. */
bool mprt_pattern_check(const char *value, char *error, size_t capacity);
/* The same for the option `output`. */
bool mprt_output_check(const char *value, char *error, size_t capacity);
/* Remembers where relative paths start. Called when waking, first. */
void mprt_pattern_init(void);
/* The absolute path. Returns false with errno set when it does not fit. */
bool mprt_pattern_expand(const char *pattern, uint64_t started_ns, char *out,
                         size_t capacity);
/* The same as the process of that program and id would do it. */
bool mprt_pattern_expand_as(const char *program, pid_t pid, const char *pattern,
                            uint64_t started_ns, char *out, size_t capacity);

/* The n-th name that a process may give its file: n == 0 is `first`; then
 * out.PID.mprof, out.PID.1.mprof, ... */
bool mprt_pattern_nth(const char *first, unsigned n, char *out,
                      size_t capacity);

/* ---- fork.c ---- */

/* Whether this process was forked by one that was awake, and counts. */
bool mprt_is_forked(void);

/* ---- stream.c: the option `stream` ---- */

/* Whether the value is understood; a message in `error` if not. */
bool mprt_stream_check(const char *value, char *error, size_t capacity);
bool mprt_stream_is_none(const char *value);
#define MPRT_STREAM_NONE (-2)
/* Opens the stream for writing: a file descriptor; MPRT_STREAM_NONE, or -1 with
 * errno set. `name` gets what a message calls it. A forked child overwrites no
 * file. */
int mprt_stream_open(const char *value, uint64_t started_ns, bool is_forked,
                     char *name, size_t capacity);
void mprt_stream_close(int fd);

/* ---- break.c: the option `break` ---- */

/* Whether the value is understood; a message in `error` if not. */
bool mprt_break_check(const char *value, char *error, size_t capacity);
/* Arms it; a message when no debugger is there to stop. Called when waking. */
void mprt_break_init(const char *value);
/* The process's live bytes that call for mprt_break(); INT64_MAX: none do. */
extern int64_t mprt_break_above;
/* Stops in the debugger, the first time. */
void mprt_break(void);

#pragma GCC visibility pop
#endif
