/* memprof_options.h - every key of `[profile]`, one row each.
 *
 * The ini, PROFILE_MEMORY_OPTIONS, the tool's flags, its help and the docs come
 * from these rows. A key enters the table with the work that makes it act, and
 * a test counts the rows.
 *
 * X(key, type, default, values, help); `default` as a user would write it.
 *
 * - BOOL: 1 yes true on / 0 no false off, any case -> bool.
 * - CHOICE: one of `values`, separated by '|' -> unsigned, index into them.
 * - NUMBER: a decimal integer within `values` "min..max" -> unsigned.
 * - TEXT: anything; `values` says how to read it -> char[MEMPROF_TEXT_MAX].
 */
#ifndef MEMPROF_OPTIONS_H
#define MEMPROF_OPTIONS_H

/* Bytes of a TEXT value with its terminator; a longer one is refused. */
#define MEMPROF_TEXT_MAX 1024

#define MEMPROF_OPTIONS(X)                                                     \
  X(enable, BOOL, "false", "", "profile this run")                             \
  X(functions, TEXT, "*",                                                      \
    "globs, ',' between them; '!' excludes; the last match wins",              \
    "which marked functions are live")                                         \
  X(scope, CHOICE, "profiled", "profiled|process",                             \
    "account under marked functions only, or the whole process with the rest " \
    "as one row")                                                              \
  X(stream, TEXT, "stderr",                                                    \
    "stderr, stdout, none, or a path with %p pid, %e program, %h host, %t "    \
    "time",                                                                    \
    "where the text report goes at exit")                                      \
  X(output, TEXT, "none",                                                      \
    "none, or a path with %p pid, %e program, %h host, %t time",               \
    "the profile file, which holds the counters while the program runs")       \
  X(max_file, SIZE, "1GiB", "1MiB..1GiB",                                      \
    "bound of the profile, in its file or in memory")                          \
  X(precision, NUMBER, "3", "0..9", "decimals of sizes")                       \
  X(unit, CHOICE, "MiB", "B|KiB|MiB|GiB|auto", "unit of sizes")                \
  X(sort, CHOICE, "marked", "marked|name|calls|allocs|bytes|peak|kept",        \
    "order of the tables: as marked in the source, by name, or largest first") \
  X(top, NUMBER, "0", "0..1000000",                                            \
    "how many tables are printed; 0 prints all")                               \
  X(columns, TEXT, "standard",                                                 \
    "standard, all, or column names, ',' between them", "columns of a table")  \
  X(break, TEXT, "none", "none, or peak>SIZE, as peak>64MiB",                  \
    "stop in the debugger at the allocation that takes the process past it")   \
  X(track, CHOICE, "heap", "heap|heap,mmap",                                   \
    "count the heap, or also what mmap, mremap and munmap do")                 \
  X(timeline, BOOL, "false", "",                                               \
    "record when marked functions start and end, for plots")                   \
  X(threads, BOOL, "no", "", "keep each thread's rows apart")                  \
  X(on_violation, CHOICE, "fail", "fail|warn|off",                             \
    "a broken limit fails the run, is only told, or limits are not checked")   \
  X(exitcode, NUMBER, "97", "1..255",                                          \
    "the exit status of a program that would have succeeded but broke a "      \
    "limit, or measured nothing with require=yes")                             \
  X(require, BOOL, "no", "",                                                   \
    "an awake run fails in which nothing was measured, or whose allocator's "  \
    "calls do not come to MemProf")                                            \
  X(show_limits, BOOL, "no", "", "one line for each limit that holds")         \
  X(ignore, TEXT, "none",                                                      \
    "none, or globs, ',' between them; '!' excludes; the last match wins",     \
    "blocks allocated under these marked functions never count as kept")       \
  X(hooks, CHOICE, "auto", "auto|direct",                                      \
    "count through the allocator's symbols, or only the calls that the pass "  \
    "saw")

/* Where settings come from, first that is set wins: the API, this variable, the
 * options variable, the ini. */
#define MEMPROF_ENV_SWITCH "PROFILE_MEMORY"
#define MEMPROF_ENV_OPTIONS "PROFILE_MEMORY_OPTIONS"
#define MEMPROF_ENV_CONFIG "PROFILE_MEMORY_CONFIG"
/* Set by the runtime for the programs that a profiled one starts: the id of the
 * run that writes their profile files, 16 hexadecimal digits. */
#define MEMPROF_ENV_RUN "PROFILE_MEMORY_RUN"
#define MEMPROF_CONFIG_FILE "profile_config.ini"
#define MEMPROF_CONFIG_SECTION "profile"

#endif
